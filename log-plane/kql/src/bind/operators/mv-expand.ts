import type { KqlType } from '@vigia/contract';
import { columnRef, type Expr } from '../../plan/expression.ts';
import type { Computed, ExpandRelation } from '../../plan/relation.ts';
import { elements, L, Syn } from '../../service/kusto.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import { computeColumns } from '../compute.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { kqlType } from '../types.ts';
import { namedParameters } from './parameters.ts';
import { resultColumns } from './result-columns.ts';

export function bindMvExpand(
  context: BindContext,
  node: Kusto.Language.Syntax.MvExpandOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const expanded = expandItems(context, node, input, scope);
  if (expanded.group !== undefined || names.length !== expanded.columns.length) return expanded;
  return {
    ...expanded,
    columns: expanded.columns.map(({ column }, index) => ({ name: names[index]?.name ?? '', column })),
  };
}

/** The rows of mv-expand and mv-apply: one an element, under the element's name. */
export function expandItems(
  context: BindContext,
  node: Kusto.Language.Syntax.MvExpandOperator | Kusto.Language.Syntax.MvApplyOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const parameters = namedParameters(node);
  const kind = parameters.get('kind') ?? parameters.get('bagexpansion') ?? 'bag';
  const indexName = parameters.get('with_itemindex');
  let columns: NamedColumn[] = [...input.columns];
  const items: ExpandRelation['items'][number][] = [];
  const converted: Computed[] = [];
  const below: Computed[] = [];
  // The list is read several times.
  const asColumn = (value: Expr): Expr => {
    if (value.kind === 'column') return value;
    const column = context.newColumn(value.type);
    below.push({ column, expr: value });
    return columnRef(column);
  };
  for (const item of elements<ExpandedItem>(node.Expressions)) {
    const expression = item.Expression;
    if (expression === null) continue;
    const value = bindExpression(context, expression, scope);
    if (value.type !== 'dynamic') return context.refuse(item, scope, 'mv-expand', 'mv-expand needs a dynamic value.');
    const raw = context.newColumn('dynamic');
    items.push({ column: raw, list: asColumn(value), isBagAsArray: kind === 'array' });
    const wanted =
      expression instanceof Syn.SimpleNamedExpression
        ? (expression.Name?.SimpleName ?? '')
        : (L.Binding.Binder.GetExpressionResultName(expression, '') ?? '');
    const target = castTarget(item);
    let column = raw;
    if (target !== undefined && target !== 'dynamic') {
      column = context.newColumn(target);
      converted.push({ column, expr: convert(columnRef(raw), target) });
    }
    columns = columns.some(({ name }) => name === wanted)
      ? columns.map((old) => (old.name === wanted ? { name: wanted, column } : old))
      : [...columns, { name: wanted, column }];
  }
  const index = indexName === undefined ? undefined : context.newColumn('long');
  if (index !== undefined) columns = [...columns, { name: indexName ?? '', column: index }];
  const limit = node.RowLimitClause === null ? undefined : bindAs(context, node.RowLimitClause.RowLimit, scope, 'long');
  const expanded: ExpandRelation = {
    kind: 'expand',
    input: computeColumns(context, input, below),
    items,
    ...(index === undefined ? {} : { index }),
    ...(limit === undefined ? {} : { limit }),
  };
  const relation = converted.length === 0 ? expanded : ({ kind: 'extend', input: expanded, added: converted } as const);
  return { ...input, relation, columns };
}

type ExpandedItem = Kusto.Language.Syntax.MvExpandExpression | Kusto.Language.Syntax.MvApplyExpression;

/** `to typeof(long)` */
function castTarget(item: ExpandedItem): KqlType | undefined {
  const types = item.ToTypeOf?.TypeOf as { readonly Types?: unknown } | null | undefined;
  const first = elements<{ readonly Type?: { readonly Text: string | null } }>(types?.Types)[0];
  const text = first?.Type?.Text;
  const spelled: Readonly<Record<string, string>> = {
    double: 'real',
    int64: 'long',
    int32: 'int',
    boolean: 'bool',
    date: 'datetime',
    time: 'timespan',
    uuid: 'guid',
  };
  return text === undefined || text === null ? undefined : kqlType({ Name: spelled[text] ?? text });
}
