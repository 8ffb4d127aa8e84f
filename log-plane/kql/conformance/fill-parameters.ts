import type { KqlDatabase } from '../src/interface.ts';
import { createGlobals } from '../src/service/database.ts';
import { L, list } from '../src/service/kusto.ts';

/** What a workbook may put in the place of `{parameter}`: text, a condition, a span, a number, a moment. */
const FILLINGS = ["'value'", 'true', '1h', '1', 'datetime(2024-01-01)', 'TimeGenerated', ''];

/** The likeliest first, by what stands before the placeholder. */
function likelyFillings(head: string): readonly string[] {
  const first = /(?:\bwhere|\band|\bor|\bnot\s*\()\s*$/.test(head)
    ? 'true'
    : /(?:\bstep|\bago\s*\(|\bbin\s*\([^()]*,)\s*$/.test(head)
      ? '1h'
      : /[-+*/<>]\s*$/.test(head)
        ? '1'
        : "'value'";
  return [first, ...FILLINGS.filter((filling) => filling !== first)];
}

const PLACEHOLDER = /\{[A-Za-z_]\w*(?::[\w:]+)?\}/g;

/** Names that are not known yet say nothing of a filling. */
const UNKNOWN_NAMES = new Set(['KS142', 'KS204', 'KS211']);

/**
 * Placeholders that a corpus left in a query: one after the other gets the filling that leaves the fewest mistakes of
 * syntax, then of types, or stays where none lowers them (it may be a function's body).
 */
export function fillParameters(text: string, database: KqlDatabase): string {
  let filled = text.replace(/datetime\(\s*["']?\{[^{}]+\}["']?\s*\)/g, 'datetime(2024-01-01)');
  if (filled.search(PLACEHOLDER) < 0) return filled;
  const globals = createGlobals(database);
  const errorsIn = (code: Kusto.Language.KustoCode | null) =>
    list<Kusto.Language.Diagnostic>(code?.GetDiagnostics()).filter(
      (found) => found.Severity === 'Error' && !UNKNOWN_NAMES.has(found.Code ?? ''),
    );
  const syntaxErrors = (candidate: string) => errorsIn(L.KustoCode.Parse(candidate, globals)).length;
  // A placeholder that the parser itself knows as a client's parameter is one mistake of the whole query.
  const allErrors = (candidate: string) =>
    errorsIn(L.KustoCode.ParseAndAnalyze(candidate, globals)).reduce(
      (sum, found) => sum + (found.Code === 'KS213' ? 100 : 1),
      0,
    );
  let syntax = syntaxErrors(filled);
  let from = 0;
  for (let round = 0; round < 40; round++) {
    // Analysing costs much more than parsing: only a text without mistakes of syntax is worth it.
    let all = syntax === 0 ? allErrors(filled) : Number.POSITIVE_INFINITY;
    if (syntax === 0 && all < 100) break;
    PLACEHOLDER.lastIndex = from;
    const place = PLACEHOLDER.exec(filled);
    if (place === null) break;
    from = place.index + 1;
    const [head, tail] = [filled.slice(0, place.index), filled.slice(place.index + place[0].length)];
    let best: { readonly filling: string; readonly syntax: number } | undefined;
    const enough = all - 100;
    for (const filling of likelyFillings(head)) {
      const candidate = head + filling + tail;
      const found = syntaxErrors(candidate);
      if (found > Math.min(syntax, best?.syntax ?? syntax)) continue;
      const analysed = found === 0 ? allErrors(candidate) : Number.POSITIVE_INFINITY;
      const isBetter = found < (best?.syntax ?? syntax) || analysed < all;
      if (!isBetter) continue;
      best = { filling, syntax: found };
      all = analysed;
      if (analysed <= enough) break;
    }
    if (best === undefined) continue;
    filled = head + best.filling + tail;
    syntax = best.syntax;
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
