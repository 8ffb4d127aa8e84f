import { columnsAt } from '../service/advice/situation.ts';
import { Ed, list, nameOfValue } from '../service/kusto.ts';
import type { Document } from './document.ts';
import type { Completion, CompletionItem, CompletionKind } from './interface.ts';
import { runs } from './supported.ts';

const KINDS: Readonly<Record<string, CompletionKind>> = {
  Column: 'column',
  Table: 'table',
  MaterialiedView: 'table',
  BuiltInFunction: 'function',
  LocalFunction: 'function',
  DatabaseFunction: 'function',
  AggregateFunction: 'aggregate',
  Variable: 'variable',
  Parameter: 'variable',
  QueryPrefix: 'operator',
  TabularPrefix: 'operator',
  TabularSuffix: 'operator',
  ScalarPrefix: 'operator',
  ScalarInfix: 'operator',
  Keyword: 'keyword',
  Syntax: 'keyword',
  ScalarType: 'type',
  Option: 'value',
  RenderChart: 'value',
  Example: 'value',
  Identifier: 'value',
};
/** Commands are not run; a cluster or database is not named here. */
const LEFT_OUT = new Set(['CommandPrefix', 'Cluster', 'Database', 'EntityGroup', 'Graph', 'StoredQueryResult']);

/** What may stand at a place, the likeliest first. */
export function complete(document: Document, position: number): Completion {
  const found = document.service.GetCompletionItems(position);
  const range = { start: found?.EditStart ?? position, length: found?.EditLength ?? 0 };
  const columns = columnsAt(document.tree, position);
  const items = list<Kusto.Language.Editor.CompletionItem>(found?.Items).flatMap((item): CompletionItem[] => {
    const kind = nameOfValue(Ed.CompletionKind, item.Kind);
    if (LEFT_OUT.has(kind)) return [];
    const match = item.MatchText ?? item.DisplayText ?? '';
    const isOwn = kind === 'BuiltInFunction' || kind === 'AggregateFunction';
    const isRefused = isOwn && !runs(match);
    const type = kind === 'Column' ? columns.get(match) : undefined;
    return [
      {
        label: item.DisplayText ?? match,
        match,
        kind: KINDS[kind] ?? 'other',
        before: (item.BeforeText ?? '').replace(/\( $/, '('),
        after: item.AfterText ?? '',
        order: `${isRefused ? '9' : '0'}${item.OrderText ?? ''}`,
        ...(type === undefined ? {} : { detail: type }),
        ...(isRefused ? { isRefused } : {}),
      },
    ];
  });
  return { range, items: items.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0)) };
}
