import { tokensOf } from '../service/advice/situation.ts';
import { Ed, list, nameOfValue, Sym } from '../service/kusto.ts';
import { type Document, symbolAt } from './document.ts';
import type { Hover } from './interface.ts';
import { OPERATOR_HELP } from './operator-help.ts';
import { runs } from './supported.ts';

/** Columns that a table shows; the rest is counted. */
const MAX_COLUMNS = 40;

/** What the word at a place is. */
export function hover(document: Document, position: number): Hover | undefined {
  const token = tokensOf(document.tree).find(({ start, end }) => start <= position && position < end);
  if (token === undefined) return undefined;
  const range = { start: token.start, length: token.end - token.start };
  const symbol = symbolAt(document.tree, token.start);
  if (symbol instanceof Sym.TableSymbol) return { range, ...table(symbol) };
  const info = document.service.GetQuickInfo(token.start);
  const [item] = list<Kusto.Language.Editor.QuickInfoItem>(info?.Items).filter(
    ({ Kind }) => !/^(Error|Warning|Suggestion|Text|Operator)$/.test(nameOfValue(Ed.QuickInfoKind, Kind)),
  );
  if (item !== undefined && (item.Text ?? '') !== '') {
    const isOwn = nameOfValue(Ed.QuickInfoKind, item.Kind) === 'BuiltInFunction';
    const note = isOwn && !runs(token.text) ? 'Kusto has it; it is refused here.' : undefined;
    return { range, text: item.Text ?? '', ...(note === undefined ? {} : { note }) };
  }
  const help = Object.hasOwn(OPERATOR_HELP, token.text) ? OPERATOR_HELP[token.text] : undefined;
  return help === undefined ? undefined : { range, text: help[0], note: help[1] };
}

function table(symbol: Kusto.Language.Symbols.TableSymbol): { text: string; note: string } {
  const columns = list<Kusto.Language.Symbols.ColumnSymbol>(symbol.Columns);
  const shown = columns.slice(0, MAX_COLUMNS).map((column) => `${column.Name}: ${column.Type?.Name}`);
  const more = columns.length > MAX_COLUMNS ? ` and ${columns.length - MAX_COLUMNS} more` : '';
  return { text: `${symbol.Name}`, note: `${columns.length} columns: ${shown.join(', ')}${more}` };
}
