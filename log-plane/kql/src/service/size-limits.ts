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
  return refuseShape(text);
}

/** What makes the parser or the analyser slow, with how much of it takes about half a second. */
const COUNTS = {
  statements: { most: 300, message: 'The query has more than 300 statements.' },
  /** That call one another; at 240 the analyser runs out of stack, catches that, and tries again for hours. */
  functions: { most: 100, message: 'The query declares more than 100 functions.' },
  joins: { most: 64, message: 'The query joins more than 64 times.' },
  words: { most: 2_000, message: 'The text has more than 2,000 words that no operator or comma separates.' },
} as const;
/** Names of let, written out: a few that each read the one before twice keep the analyser busy for hours. */
const MAX_EXPANSION = 20_000;
/** Of a function; the analyser compares each with each. */
const MAX_ARGUMENTS = 400;
/** Of an operator: columns, tables, keys. */
const MAX_ITEMS = 1_000;
/** Their lists are plain values and may be long. */
const LISTS = new Set(['in', 'has_any', 'has_all', 'dynamic']);

/** The inside of a pair of brackets, or the text around all of them. */
interface Frame {
  readonly kind: 'call' | 'list' | 'query';
  commas: number;
}

function refuseShape(text: string): Diagnostic | undefined {
  const counts = { statements: 0, functions: 0, joins: 0, words: 0 };
  const frames: Frame[] = [{ kind: 'query', commas: 0 }];
  const refuse = (code: string, message: string, start: number) =>
    diagnosticAt(text, code, message, { start, length: 1 });
  const count = (what: keyof typeof counts, start: number): Diagnostic | undefined => {
    counts[what] += 1;
    return counts[what] > COUNTS[what].most ? refuse('kql.tooComplex', COUNTS[what].message, start) : undefined;
  };
  const weights = new Map<string, number>();
  let declared: string | undefined;
  let weight = 0;
  let word = '';
  let sign = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    const frame = frames.at(-1) ?? { kind: 'query', commas: 0 };
    const before = word;
    const signBefore = sign;
    let refused: Diagnostic | undefined;
    if (char === ' ' || char === '\n' || char === '\t' || char === '\r') continue;
    word = '';
    sign = char;
    if (char === '/' && text[at + 1] === '/') at = endOf(text, '\n', at);
    else if (char === '"' || char === "'") at = endOfString(text, char, at);
    else if (isWordPart(char)) {
      const start = at;
      while (isWordPart(text[at + 1] ?? '')) at++;
      word = text.slice(start, at + 1);
      if (before === 'let') declared = word;
      else weight += weights.get(word) ?? 0;
      if (weight > MAX_EXPANSION)
        return refuse(
          'kql.tooComplex',
          `Written out, the names of let are read more than ${MAX_EXPANSION} times.`,
          start,
        );
      if (word === 'join' || word === 'lookup') refused = count('joins', start);
      if (before !== '') refused ??= count('words', start);
    } else if (char === ';') {
      refused = count('statements', at);
      if (frames.length === 1) {
        if (declared !== undefined) weights.set(declared, Math.max(1, weight));
        [declared, weight] = [undefined, 0];
      }
    } else if (char === '|') frame.commas = 0;
    else if (char === ',') {
      frame.commas += 1;
      if (frame.kind === 'call' && frame.commas >= MAX_ARGUMENTS)
        return refuse('kql.tooComplex', `A function is called with more than ${MAX_ARGUMENTS} arguments.`, at);
      if (frame.kind === 'query' && frame.commas >= MAX_ITEMS)
        return refuse('kql.tooComplex', 'An operator has more than 1,000 items.', at);
    } else if (char === '(' || char === '[' || char === '{') {
      if (char === '{' && signBefore === ')') refused = count('functions', at);
      const isList = char === '[' || LISTS.has(before) || text[at - 1] === '~';
      frames.push({ kind: isList ? 'list' : before !== '' && char === '(' ? 'call' : 'query', commas: 0 });
      if (frames.length > MAX_NESTING)
        return refuse('kql.tooDeep', `Brackets are nested more than ${MAX_NESTING} deep.`, at);
    } else if ((char === ')' || char === ']' || char === '}') && frames.length > 1) frames.pop();
    if (refused !== undefined) return refused;
  }
  return undefined;
}

const isWordPart = (char: string): boolean =>
  (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || (char >= '0' && char <= '9') || char === '_';

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
