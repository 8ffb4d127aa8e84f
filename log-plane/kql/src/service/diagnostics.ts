import type { Diagnostic } from '@vigia/contract';
import { list } from './kusto.ts';
import { isTolerated } from './tolerated.ts';

/** Nobody reads more, and a text of nonsense has tens of thousands. */
const MAX_DIAGNOSTICS = 200;

interface Place {
  readonly start: number;
  readonly length: number;
}

export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

export function diagnosticAt(
  text: string,
  code: string,
  message: string,
  place: Place,
  more: { subject?: string; hint?: string; severity?: 'error' | 'warning' } = {},
): Diagnostic {
  const { severity = 'error', ...rest } = more;
  return { code, severity, message, ...place, ...lineAndColumn(text, place.start), ...rest };
}

/** The parser's own codes and messages, with our lines and columns. Suggestions are for editors and left out. */
export function diagnosticsOf(
  code: Kusto.Language.KustoCode,
  text: string,
  original: (position: number) => number = (position) => position,
): Diagnostic[] {
  return list<Kusto.Language.Diagnostic>(code.GetDiagnostics())
    .filter((found) => found.Severity !== 'Suggestion')
    .slice(0, MAX_DIAGNOSTICS)
    .filter((found) => !isTolerated(code.Syntax, found))
    .map((found) =>
      diagnosticAt(
        text,
        found.Code ?? 'kql',
        found.Message ?? '',
        { start: original(found.Start), length: original(found.Start + found.Length) - original(found.Start) },
        { severity: found.Severity === 'Error' ? 'error' : 'warning' },
      ),
    );
}

/** Words of SQL with what follows them there: Update and With are also names of tables. */
const SQL =
  /^\s*(?:--[^\n]*\n\s*)*(select\s|explain\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()/i;

/** Where a text that is SQL begins to be that. */
export function sqlAt(text: string): Place | undefined {
  const found = SQL.exec(text);
  if (found === null) return undefined;
  const words = found[1] ?? '';
  return { start: found[0].length - words.length, length: /^\w*/.exec(words)?.[0].length ?? 0 };
}
