import type { KqlDatabase } from '../src/interface.ts';
import { createGlobals } from '../src/service/database.ts';
import { L, list } from '../src/service/kusto.ts';

/** What a workbook may put in the place of `{parameter}`: text, a condition, a span, a number, a moment. */
const FILLINGS = ["'value'", 'true', '1h', '1', 'datetime(2024-01-01)', 'TimeGenerated', ''];

/** Placeholders that a corpus left in a query get the first filling under which the analyser finds the fewest errors. */
export function fillParameters(text: string, database: KqlDatabase): string {
  const globals = createGlobals(database);
  const errorsOf = (candidate: string) =>
    list<Kusto.Language.Diagnostic>(L.KustoCode.ParseAndAnalyze(candidate, globals)?.GetDiagnostics()).filter(
      (found) => found.Severity === 'Error',
    );
  let filled = text;
  for (let round = 0; round < 40; round++) {
    const place = errorsOf(filled).find((found) => found.Code === 'KS213');
    if (place === undefined) break;
    const name = filled.slice(place.Start, place.Start + place.Length);
    const candidates = FILLINGS.map((filling) => {
      const whole = filled.slice(0, place.Start) + filling + filled.slice(place.Start + place.Length);
      return { whole, errors: errorsOf(whole).length };
    });
    const least = Math.min(...candidates.map(({ errors }) => errors));
    const best = candidates.find(({ errors }) => errors === least);
    if (best === undefined || name === '') break;
    filled = best.whole;
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
