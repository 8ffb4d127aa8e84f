const entities: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};
const entityPattern = /&(?:quot|apos|lt|gt|amp|#\d{1,7}|#x[0-9a-fA-F]{1,6});/y;

/** The character at an offset, where an XML entity counts as the one character it stands for. */
function characterAt(text: string, offset: number): { readonly character: string; readonly length: number } {
  const plain = text[offset] ?? '';
  if (plain !== '&') return { character: plain, length: 1 };
  entityPattern.lastIndex = offset;
  const entity = entityPattern.exec(text)?.[0];
  return entity === undefined
    ? { character: plain, length: 1 }
    : { character: decodeEntity(entity), length: entity.length };
}

function decodeEntity(entity: string): string {
  const named = entities[entity];
  if (named !== undefined) return named;
  const code = entity.startsWith('&#x') ? Number.parseInt(entity.slice(3), 16) : Number.parseInt(entity.slice(2), 10);
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}

/** True where an expression begins: `@(` or `@{`. */
export const isExpressionStart = (text: string, offset: number): boolean =>
  text[offset] === '@' && (text[offset + 1] === '(' || text[offset + 1] === '{');

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * The offset behind the expression that begins at `start`, found by balancing C#'s tokens (strings of all kinds,
 * characters, comments, brackets); undefined where it does not end. Entities count as what they stand for, so escaped
 * and raw documents are read alike.
 */
export function findExpressionEnd(text: string, start: number): number | undefined {
  return skipBracketed(text, start + 1);
}

function skipBracketed(text: string, start: number): number | undefined {
  const open: string[] = [];
  let offset = start;
  while (offset < text.length) {
    const { character, length } = characterAt(text, offset);
    const next = text[offset + length] ?? '';
    if (character === '/' && next === '/') {
      const end = text.indexOf('\n', offset);
      if (end < 0) return undefined;
      offset = end + 1;
      continue;
    }
    if (character === '/' && next === '*') {
      const end = text.indexOf('*/', offset + 2);
      if (end < 0) return undefined;
      offset = end + 2;
      continue;
    }
    const literal = literalStart(text, offset);
    if (literal) {
      const end = skipLiteral(text, literal);
      if (end === undefined) return undefined;
      offset = end;
      continue;
    }
    const closer = closers[character];
    if (closer !== undefined) open.push(closer);
    else if (character === ')' || character === ']' || character === '}') {
      if (open.pop() !== character) return undefined;
      if (open.length === 0) return offset + length;
    }
    offset += length;
  }
  return undefined;
}

interface LiteralStart {
  readonly contentStart: number;
  readonly quote: '"' | "'";
  readonly isVerbatim: boolean;
  readonly isInterpolated: boolean;
}

function literalStart(text: string, offset: number): LiteralStart | undefined {
  let at = offset;
  let isVerbatim = false;
  let isInterpolated = false;
  for (let prefix = 0; prefix < 2; prefix++) {
    if (text[at] === '@' && !isVerbatim) isVerbatim = true;
    else if (text[at] === '$' && !isInterpolated) isInterpolated = true;
    else break;
    at++;
  }
  const { character, length } = characterAt(text, at);
  if (character === '"') return { contentStart: at + length, quote: '"', isVerbatim, isInterpolated };
  if (character === "'" && at === offset) {
    return { contentStart: at + length, quote: "'", isVerbatim: false, isInterpolated: false };
  }
  return undefined;
}

function skipLiteral(text: string, literal: LiteralStart): number | undefined {
  let offset = literal.contentStart;
  while (offset < text.length) {
    const { character, length } = characterAt(text, offset);
    const next = characterAt(text, offset + length);
    if (character === literal.quote) {
      if (literal.isVerbatim && next.character === '"') {
        offset += length + next.length;
        continue;
      }
      return offset + length;
    }
    if (character === '\\' && !literal.isVerbatim) {
      offset += length + next.length;
      continue;
    }
    if (character === '\n' && !literal.isVerbatim) return undefined;
    if (literal.isInterpolated && character === '{') {
      if (next.character === '{') {
        offset += length + next.length;
        continue;
      }
      const end = skipBracketed(text, offset);
      if (end === undefined) return undefined;
      offset = end;
      continue;
    }
    offset += length;
  }
  return undefined;
}

/** A text made of another one, with the way back: `originOf(offset in text)` is an offset in the document. */
export interface MappedText {
  readonly text: string;
  originOf(offset: number): number;
}

export const mapText = (text: string, start: number): MappedText => ({ text, originOf: (offset) => start + offset });

/** Replaces every match, keeping the way back to the places in the document. */
export function replaceMapped(
  source: MappedText,
  pattern: RegExp,
  replacement: (match: RegExpMatchArray, origin: number) => string,
): MappedText {
  let text = '';
  let last = 0;
  /** From this offset of the new text on, the offset of the old one; replaced pieces stay at their start. */
  const pieces: { readonly at: number; readonly from: number; readonly isReplaced: boolean }[] = [];
  for (const match of source.text.matchAll(pattern)) {
    pieces.push({ at: text.length, from: last, isReplaced: false });
    text += source.text.slice(last, match.index);
    pieces.push({ at: text.length, from: match.index, isReplaced: true });
    text += replacement(match, source.originOf(match.index));
    last = match.index + match[0].length;
  }
  if (pieces.length === 0) return source;
  pieces.push({ at: text.length, from: last, isReplaced: false });
  text += source.text.slice(last);
  return {
    text,
    originOf: (offset) => {
      const piece = pieces.findLast((candidate) => candidate.at <= offset) ?? { at: 0, from: 0, isReplaced: false };
      return source.originOf(piece.isReplaced ? piece.from : piece.from + offset - piece.at);
    },
  };
}

const anyEntity = /&(?:quot|apos|lt|gt|amp|#\d{1,7}|#x[0-9a-fA-F]{1,6});/g;

/** Decodes XML entities. */
export const decodeEntities = (source: MappedText): MappedText =>
  source.text.includes('&') ? replaceMapped(source, anyEntity, (match) => decodeEntity(match[0])) : source;

/**
 * Whether an expression is written raw, so that its `&amp;` is C# and not XML: it holds a character that well-formed XML
 * could not hold there. People mix the two: an entity outside of strings and comments is no C#, so it is XML everywhere.
 */
export const isRawExpression = (raw: string, quote: string): boolean =>
  (raw.includes('<') ||
    (quote !== '' && raw.includes(quote)) ||
    /&(?!(?:quot|apos|lt|gt|amp|#\d+|#x[0-9a-fA-F]+);)/.test(raw)) &&
  !hasEntityInCode(raw);

function hasEntityInCode(text: string): boolean {
  if (!text.includes('&')) return false;
  let offset = 0;
  while (offset < text.length) {
    if (text.startsWith('//', offset)) {
      const end = text.indexOf('\n', offset);
      offset = end < 0 ? text.length : end;
      continue;
    }
    if (text.startsWith('/*', offset)) {
      const end = text.indexOf('*/', offset + 2);
      offset = end < 0 ? text.length : end + 2;
      continue;
    }
    const literal = literalStart(text, offset);
    if (literal && /["']/.test(text[literal.contentStart - 1] ?? '')) {
      offset = skipLiteral(text, literal) ?? text.length;
      continue;
    }
    const { length } = characterAt(text, offset);
    if (length > 1) return true;
    offset += length;
  }
  return false;
}
