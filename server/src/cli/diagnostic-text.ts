import type { Diagnostic } from '@vigia/contract';
import stringWidth from 'string-width';

/**
 * A mistake with its place under the caret:
 *
 *     2:1 error KS006: The | is missing before take.
 *       take 100
 *       ^^^^
 *       hint: …
 */
export function diagnosticText(source: string, diagnostic: Diagnostic): string {
  const { line, column, severity, code, message, hint, length } = diagnostic;
  const text = source.split(/\r\n|\r|\n/)[line - 1] ?? '';
  // A body pasted into one line must not flood the terminal: the part around the place is shown.
  const from = Math.max(0, column - 1 - 60);
  const shown = text.slice(from, from + 120).replaceAll('\t', ' ');
  const at = column - 1 - from;
  const indent = ' '.repeat(stringWidth(shown.slice(0, at)));
  const marked = shown.slice(at, at + Math.max(1, length));
  return [
    `${line}:${column} ${severity} ${code}: ${message}`,
    ...(text.trim() === '' ? [] : [`  ${shown}`, `  ${indent}${'^'.repeat(Math.max(1, stringWidth(marked)))}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ].join('\n');
}
