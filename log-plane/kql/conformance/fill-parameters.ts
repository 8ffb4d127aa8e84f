import type { KqlDatabase } from '../src/interface.ts';
import { createGlobals } from '../src/service/database.ts';
import { L, list } from '../src/service/kusto.ts';

/** What a workbook may put in the place of `{parameter}`: text, a condition, a span, a number, a moment. */
const FILLINGS = ["'value'", 'true', '1h', '1', 'datetime(2024-01-01)', 'TimeGenerated', ''];

const PLACEHOLDER = /\{[A-Za-z_]\w*(?::[\w:]+)?\}/g;

/**
 * Placeholders that a corpus left in a query: one after the other gets the filling under which the analyser finds the
 * fewest errors, or stays where none lowers them (it may be a function's body).
 */
export function fillParameters(text: string, database: KqlDatabase): string {
  const globals = createGlobals(database);
  // A placeholder hides mistakes that show only once it is filled.
  const errorsOf = (candidate: string) =>
    list<Kusto.Language.Diagnostic>(L.KustoCode.ParseAndAnalyze(candidate, globals)?.GetDiagnostics())
      .filter((found) => found.Severity === 'Error')
      .reduce((sum, found) => sum + (found.Code === 'KS213' ? 100 : 1), 0);
  let filled = text.replace(/datetime\(\s*["']?\{[^{}]+\}["']?\s*\)/g, 'datetime(2024-01-01)');
  let errors = filled.search(PLACEHOLDER) >= 0 ? errorsOf(filled) : 0;
  let from = 0;
  for (let round = 0; round < 60 && errors > 0; round++) {
    PLACEHOLDER.lastIndex = from;
    const place = PLACEHOLDER.exec(filled);
    if (place === null) break;
    const [head, tail] = [filled.slice(0, place.index), filled.slice(place.index + place[0].length)];
    const candidates = FILLINGS.map((filling) => ({ filling, errors: errorsOf(head + filling + tail) }));
    const least = Math.min(...candidates.map((candidate) => candidate.errors));
    const best = candidates.find((candidate) => candidate.errors === least);
    from = place.index + 1;
    if (best === undefined || least >= errors) continue;
    filled = head + best.filling + tail;
    errors = least;
    from = place.index + best.filling.length;
  }
  return filled;
}

/** A query of Azure Resource Graph may leave out its table, which then is `resources`. */
export function withImplicitTable(text: string, dialect: string | undefined): string {
  if (dialect !== 'resource-graph') return text;
  const begins =
    /^(?:\s|\/\/[^\n]*\n)*(where|extend|project|summarize|distinct|mv-expand|join|order|sort|take|limit)\b/;
  return begins.test(text) ? `resources | ${text.trimStart()}` : text;
}
