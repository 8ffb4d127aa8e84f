export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface JsonMistake extends TextPosition {
  /** `expected ',' or '}', found 'x'`. */
  readonly message: string;
}

const space = /[ \t\n\r]*/y;
const word = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|(?:true|false|null)(?!\w)/y;
const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const wordEnd = /[\w.+-]*/y;

/**
 * The first place where a text stops being JSON; undefined: it is JSON. `JSON.parse` refuses without a position, this
 * finds it. Needs no stack of calls, so depth is no danger.
 */
export function findJsonMistake(text: string): JsonMistake | undefined {
  const open: ('{' | '[')[] = [];
  let offset = 0;
  let expected: 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma' = 'value';
  const mistake = (wanted: string): JsonMistake => ({
    ...positionAt(text, offset),
    message: `expected ${wanted}, found ${foundAt(text, offset)}`,
  });
  for (;;) {
    space.lastIndex = offset;
    space.test(text);
    offset = space.lastIndex;
    const character = text[offset];
    switch (expected) {
      case 'comma': {
        const inside = open.at(-1);
        if (inside === undefined) return offset === text.length ? undefined : mistake('the end of the document');
        const close = inside === '{' ? '}' : ']';
        if (character === ',') expected = inside === '{' ? 'name' : 'value';
        else if (character === close) open.pop();
        else return mistake(`',' or '${close}'`);
        offset++;
        break;
      }
      case 'colon':
        if (character !== ':') return mistake(`':'`);
        expected = 'value';
        offset++;
        break;
      case 'name':
      case 'first name': {
        if (character === '}' && expected === 'first name') {
          open.pop();
          expected = 'comma';
          offset++;
          break;
        }
        const end = character === '"' ? endOfScalar(text, offset) : undefined;
        if (end === undefined) return mistake(character === '"' ? 'a closed text' : `a name in '"'`);
        offset = end;
        expected = 'colon';
        break;
      }
      case 'value':
      case 'first value': {
        if (character === ']' && expected === 'first value') {
          open.pop();
          expected = 'comma';
          offset++;
          break;
        }
        if (character === '{' || character === '[') {
          open.push(character);
          expected = character === '{' ? 'first name' : 'first value';
          offset++;
          break;
        }
        const end = endOfScalar(text, offset);
        if (end === undefined) return mistake(character === '"' ? 'a closed text' : 'a value');
        offset = end;
        expected = 'comma';
        break;
      }
      default:
        expected satisfies never;
    }
  }
}

function endOfScalar(text: string, offset: number): number | undefined {
  if (text[offset] === '"') return endOfText(text, offset);
  word.lastIndex = offset;
  return word.test(text) ? word.lastIndex : undefined;
}

function endOfText(text: string, start: number): number | undefined {
  for (let offset = start + 1; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 0x22) return offset + 1;
    if (code < 0x20) return undefined;
    if (code !== 0x5c) continue;
    escaped.lastIndex = offset;
    if (!escaped.test(text)) return undefined;
    offset = escaped.lastIndex - 1;
  }
  return undefined;
}

function foundAt(text: string, offset: number): string {
  if (offset >= text.length) return 'the end of the text: it is truncated';
  if (text[offset] === '"') {
    const rest = text.slice(offset, offset + 20).split('\n', 1)[0];
    return `${rest}${text.indexOf('"', offset + 1) === -1 ? ' … up to the end of the text: it is truncated' : ' …'}`;
  }
  wordEnd.lastIndex = offset;
  wordEnd.test(text);
  return `'${text.slice(offset, Math.max(offset + 1, Math.min(wordEnd.lastIndex, offset + 20)))}'`;
}

export function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: (before.match(/\n/g)?.length ?? 0) + 1, column: offset - lastBreak };
}
