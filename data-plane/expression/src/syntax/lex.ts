import { type Span, SyntaxMistake } from './tree.ts';

export type Token = Span &
  (
    | { readonly kind: 'name' | 'keyword' | 'mark' | 'end'; readonly text: string }
    | { readonly kind: 'integer' | 'real' | 'string' | 'char'; readonly text: string }
    | { readonly kind: 'interpolated'; readonly text: string; readonly parts: readonly LexedPart[] }
  );
export type LexedPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'hole';
      readonly value: readonly Token[];
      readonly alignment: readonly Token[];
      readonly format: string;
    };

const keywords = new Set(
  (
    'abstract as base bool break byte case catch char checked class const continue decimal default delegate do double ' +
    'else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal ' +
    'is lock long namespace new null object operator out override params private protected public readonly ref return ' +
    'sbyte sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked ' +
    'unsafe ushort using virtual void volatile while'
  ).split(' '),
);
/** Longest first. `>` stands alone: the parser joins `>>` and `>=`, since `List<List<int>>` closes twice. */
const marks =
  '<<= ??= => == != <= += -= *= /= %= &= |= ^= && || ++ -- ?? ?. << :: ( ) [ ] { } ; , . : ? < > = + - * / % & | ^ ! ~'.split(
    ' ',
  );

const identifierStart = /[\p{L}\p{Nl}_]/u;
const identifierPart = /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}\p{Cf}]*/uy;
const numberPattern =
  /0[xX][0-9a-fA-F_]+(?:[uU][lL]?|[lL][uU]?)?|0[bB][01_]+(?:[uU][lL]?|[lL][uU]?)?|(?:\d[\d_]*)?\.\d[\d_]*(?:[eE][+-]?\d+)?[fFdDmM]?|\d[\d_]*(?:[eE][+-]?\d+[fFdDmM]?|[fFdDmM]|(?:[uU][lL]?|[lL][uU]?))?/y;

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** Reads `text` from `from` to `to` into tokens; the last one is of kind `end`. */
export function lex(text: string, from: number, to: number): readonly Token[] {
  const lexer = { text, to };
  const { tokens } = read(lexer, from, false);
  return tokens;
}

interface Source {
  readonly text: string;
  readonly to: number;
}

/** `inHole`: stops before the `,`, `:` or `}` that ends the expression of a hole. */
function read(source: Source, from: number, inHole: boolean): { tokens: Token[]; at: number } {
  const { text, to } = source;
  const tokens: Token[] = [];
  let at = from;
  let depth = 0;
  const fail = (message: string, start: number, end = start + 1): never => {
    throw new SyntaxMistake(message, { start, end: Math.max(end, start + 1) });
  };
  for (;;) {
    while (at < to && /\s/u.test(text[at] ?? '')) at++;
    const start = at;
    if (at >= to) {
      if (inHole) fail("'}' was expected.", at);
      tokens.push({ kind: 'end', text: '', start: to, end: to });
      return { tokens, at };
    }
    const character = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (two === '//') {
      while (at < to && text[at] !== '\n') at++;
      continue;
    }
    if (two === '/*') {
      const close = text.indexOf('*/', at + 2);
      if (close < 0 || close + 2 > to) fail("The comment has no '*/'.", at);
      at = close + 2;
      continue;
    }
    if (inHole && depth === 0 && (character === '}' || character === ',' || (character === ':' && two !== '::'))) {
      tokens.push({ kind: 'end', text: '', start: at, end: at });
      return { tokens, at };
    }
    const opening = /^(?:\$@|@\$|\$|@)?"/.exec(text.slice(at, at + 3))?.[0];
    if (opening?.includes('$')) {
      const result = readInterpolated(source, at, opening);
      tokens.push(result.token);
      at = result.at;
      continue;
    }
    if (opening === '@"') {
      let end = at + 2;
      for (;;) {
        if (end >= to) fail('The text has no closing quotation mark.', start);
        if (text[end] === '"') {
          if (text[end + 1] !== '"') break;
          end++;
        }
        end++;
      }
      tokens.push({ kind: 'string', text: text.slice(at + 2, end).replaceAll('""', '"'), start, end: end + 1 });
      at = end + 1;
      continue;
    }
    if (opening === '"' || character === "'") {
      let value = '';
      let end = at + 1;
      while (text[end] !== character) {
        if (end >= to || text[end] === '\n') fail('The text has no closing quotation mark.', start);
        const unit = readUnit(source, end);
        value += unit.text;
        end = unit.at;
      }
      end++;
      if (character === "'" && value.length !== 1) fail('A character literal holds one character.', start, end);
      tokens.push({ kind: character === '"' ? 'string' : 'char', text: value, start, end });
      at = end;
      continue;
    }
    if (/\d/.test(character) || (character === '.' && /\d/.test(text[at + 1] ?? ''))) {
      numberPattern.lastIndex = at;
      const number = numberPattern.exec(text)?.[0] ?? fail('The number is not well-formed.', at);
      at += number.length;
      const isReal = !/^0[xXbB]/.test(number) && /[.eEfFdDmM]/.test(number);
      tokens.push({ kind: isReal ? 'real' : 'integer', text: number, start, end: at });
      continue;
    }
    const isEscaped = character === '@' && identifierStart.test(text[at + 1] ?? '');
    if (isEscaped || identifierStart.test(character)) {
      if (isEscaped) at++;
      identifierPart.lastIndex = at;
      const name = identifierPart.exec(text)?.[0] ?? '';
      at += name.length;
      tokens.push({ kind: !isEscaped && keywords.has(name) ? 'keyword' : 'name', text: name, start, end: at });
      continue;
    }
    const mark =
      marks.find((candidate) => text.startsWith(candidate, at)) ??
      fail(`The character '${String.fromCodePoint(text.codePointAt(at) ?? 0)}' was not expected here.`, at);
    // `a ? .5 : 1`
    const read = mark === '?.' && /\d/.test(text[at + 2] ?? '') ? '?' : mark;
    if ('([{'.includes(read)) depth++;
    if (')]}'.includes(read)) depth--;
    at += read.length;
    tokens.push({ kind: 'mark', text: read, start, end: at });
  }
}

/** One character of a literal, its escape resolved. */
function readUnit({ text, to }: Source, at: number): { text: string; at: number } {
  if (text[at] !== '\\') return { text: text[at] ?? '', at: at + 1 };
  const letter = text[at + 1] ?? '';
  const pattern = { u: /[0-9a-fA-F]{4}/y, U: /[0-9a-fA-F]{8}/y, x: /[0-9a-fA-F]{1,4}/y }[letter];
  if (pattern) {
    pattern.lastIndex = at + 2;
    const digits = pattern.exec(text)?.[0];
    const code = Number.parseInt(digits ?? '', 16);
    if (digits !== undefined && code <= 0x10ffff)
      return { text: String.fromCodePoint(code), at: at + 2 + digits.length };
  } else if (Object.hasOwn(simpleEscapes, letter) && at + 1 < to) {
    return { text: simpleEscapes[letter] ?? '', at: at + 2 };
  }
  throw new SyntaxMistake('Unrecognized escape sequence.', { start: at, end: at + 2 });
}

function readInterpolated(source: Source, start: number, opening: string): { token: Token; at: number } {
  const { text, to } = source;
  const isVerbatim = opening.includes('@');
  const parts: LexedPart[] = [];
  let literal = '';
  let at = start + opening.length;
  const unit = (): void => {
    if (isVerbatim) {
      if (text.startsWith('""', at)) at++;
      literal += text[at++];
      return;
    }
    const read = readUnit(source, at);
    literal += read.text;
    at = read.at;
  };
  for (;;) {
    if (at >= to || (!isVerbatim && text[at] === '\n'))
      throw new SyntaxMistake('The text has no closing quotation mark.', { start, end: start + 1 });
    if (text[at] === '"' && !(isVerbatim && text[at + 1] === '"')) break;
    if (text.startsWith('{{', at) || text.startsWith('}}', at)) {
      literal += text[at];
      at += 2;
    } else if (text[at] === '}') {
      throw new SyntaxMistake("A '}' in an interpolated text is written '}}'.", { start: at, end: at + 1 });
    } else if (text[at] === '{') {
      if (literal !== '') parts.push({ kind: 'text', text: literal });
      literal = '';
      const value = read(source, at + 1, true);
      at = value.at;
      let alignment: readonly Token[] = [];
      if (text[at] === ',') {
        const aligned = read(source, at + 1, true);
        alignment = aligned.tokens;
        at = aligned.at;
      }
      let format = '';
      if (text[at] === ':') {
        at++;
        const outer = literal;
        literal = '';
        while (text[at] !== '}' || text[at + 1] === '}') {
          if (at >= to || (text[at] === '"' && !(isVerbatim && text[at + 1] === '"')))
            throw new SyntaxMistake("'}' was expected.", { start: at, end: at + 1 });
          if (text.startsWith('}}', at) || text.startsWith('{{', at)) at++;
          unit();
        }
        format = literal;
        literal = outer;
      }
      if (text[at] !== '}') throw new SyntaxMistake("'}' was expected.", { start: at, end: at + 1 });
      at++;
      parts.push({ kind: 'hole', value: value.tokens, alignment, format });
    } else unit();
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return { token: { kind: 'interpolated', text: '', parts, start, end: at + 1 }, at: at + 1 };
}
