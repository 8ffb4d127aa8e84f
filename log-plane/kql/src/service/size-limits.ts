import type { Diagnostic } from '@vigia/contract';
import type { CompileOptions } from '../interface.ts';
import { diagnosticAt } from './diagnostics.ts';

const DEFAULT_MAX_TEXT_LENGTH = 200_000;
/** The parser's time grows faster than linearly with nesting: 3,000 deep takes seconds. */
const MAX_NESTING = 200;

/** Refuses what the parser could not read in reasonable time. Strings and comments are skipped. */
export function refuseTooLarge(text: string, options: CompileOptions): Diagnostic | undefined {
  const maxLength = options.maxTextLength ?? DEFAULT_MAX_TEXT_LENGTH;
  if (text.length > maxLength) {
    const message = `The query has ${text.length} characters; the limit is ${maxLength}.`;
    return diagnosticAt(text, 'kql.tooLong', message, { start: 0, length: text.length });
  }
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '/' && text[at + 1] === '/') at = endOf(text, '\n', at);
    else if (char === '"' || char === "'") at = endOfString(text, char, at);
    else if (char === '(' || char === '[' || char === '{') {
      if (++depth > MAX_NESTING) {
        const message = `Brackets are nested more than ${MAX_NESTING} deep.`;
        return diagnosticAt(text, 'kql.tooDeep', message, { start: at, length: 1 });
      }
    } else if (char === ')' || char === ']' || char === '}') depth = Math.max(0, depth - 1);
  }
  return undefined;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at;
}

/** A string ends at its quote or, unterminated, at the end of its line. */
function endOfString(text: string, quote: string, from: number): number {
  const isVerbatim = text[from - 1] === '@';
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && !isVerbatim) at++;
    else if (text[at] === quote || text[at] === '\n') return at;
  }
  return text.length;
}
