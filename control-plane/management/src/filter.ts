import type { JsonValue } from '@vigia/contract';
import { Problem } from '@vigia/problem';

/** What `$filter` may speak of: fields of an item, and functions of a list's own (`atScope()`, `assignedTo('…')`). */
export interface FilterGrammar<T> {
  readonly fields: Readonly<Record<string, (item: T) => JsonValue | undefined>>;
  readonly functions?: Readonly<Record<string, (argument: string | undefined) => (item: T) => boolean>>;
}

/** `$filter` as a list understands it. */
export type Filter<T> = (text: string) => (item: T) => boolean;

export const filterBy =
  <T>(grammar: FilterGrammar<T>): Filter<T> =>
  (text) =>
    parseFilter(text, grammar);

type Test<T> = (item: T) => boolean;
type Token =
  | { readonly kind: 'text' | 'number' | 'word' | 'mark'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  lt: (order) => order < 0,
  ge: (order) => order >= 0,
  le: (order) => order <= 0,
};
const textTests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  contains: (text, part) => text.includes(part),
  substringof: (text, part) => text.includes(part),
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
};
const deepest = 50;

/**
 * OData's `$filter` as ARM uses it: comparisons, text functions, and, or, not, parentheses. Texts are compared without
 * regard to case, as ARM compares names.
 * @throws {Problem} 400 `InvalidFilterInQueryString`, which names what was not understood and where.
 */
export function parseFilter<T>(text: string, grammar: FilterGrammar<T>): Test<T> {
  const tokens = tokensOf(text);
  const fields = byLowerCase(grammar.fields);
  const functions = byLowerCase(grammar.functions ?? {});
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: 'end', text: '', at: text.length };
  const next = (): Token => {
    const token = peek();
    at += 1;
    return token;
  };
  const isWord = (word: string): boolean => peek().kind === 'word' && peek().text.toLowerCase() === word;
  const expectMark = (mark: string): void => {
    const token = next();
    if (token.kind !== 'mark' || token.text !== mark) throw invalidFilter(text, token, `expected '${mark}'`);
  };

  function either(depth: number): Test<T> {
    let left = both(depth);
    while (isWord('or')) {
      next();
      const [one, other] = [left, both(depth)];
      left = (item) => one(item) || other(item);
    }
    return left;
  }
  function both(depth: number): Test<T> {
    let left = single(depth);
    while (isWord('and')) {
      next();
      const [one, other] = [left, single(depth)];
      left = (item) => one(item) && other(item);
    }
    return left;
  }
  function single(depth: number): Test<T> {
    if (depth > deepest) throw invalidFilter(text, peek(), `it nests deeper than ${deepest} levels`);
    if (isWord('not')) {
      next();
      const inner = single(depth + 1);
      return (item) => !inner(item);
    }
    const token = next();
    if (token.kind === 'mark' && token.text === '(') {
      const inner = either(depth + 1);
      expectMark(')');
      return inner;
    }
    if (token.kind !== 'word') throw invalidFilter(text, token, 'expected a field or a function');
    const isCall = peek().kind === 'mark' && peek().text === '(';
    return isCall ? call(token) : comparison(token);
  }
  function comparison(name: Token): Test<T> {
    const read = field(name);
    const operator = next();
    const compare = operator.kind === 'word' ? comparisons[operator.text.toLowerCase()] : undefined;
    if (compare === undefined)
      throw invalidFilter(text, operator, `expected one of ${Object.keys(comparisons).join(', ')}`);
    const value = literal();
    const isNot = operator.text.toLowerCase() === 'ne';
    return (item) => {
      const order = orderOf(read(item), value);
      return order === undefined ? isNot : compare(order);
    };
  }
  function call(name: Token): Test<T> {
    next();
    const own = functions.get(name.text.toLowerCase());
    if (own !== undefined) {
      const argument = peek().kind === 'text' ? next().text : undefined;
      expectMark(')');
      return own(argument);
    }
    const test = textTests[name.text.toLowerCase()];
    if (test === undefined) throw invalidFilter(text, name, 'this function is not supported here');
    const isPartFirst = peek().kind === 'text';
    const first = next();
    expectMark(',');
    const second = next();
    expectMark(')');
    const part = isPartFirst ? first : second;
    if (part.kind !== 'text') throw invalidFilter(text, part, "expected a text in '…'");
    const read = field(isPartFirst ? second : first);
    const sought = part.text.toLowerCase();
    return (item) => {
      const value = read(item);
      return (Array.isArray(value) ? value : [value]).some(
        (each) => typeof each === 'string' && test(each.toLowerCase(), sought),
      );
    };
  }
  function field(token: Token): (item: T) => JsonValue | undefined {
    const read = token.kind === 'word' ? fields.get(token.text.replace(/^properties\//i, '').toLowerCase()) : undefined;
    if (read !== undefined) return read;
    const known = Object.keys(grammar.fields).join(', ') || 'none';
    throw invalidFilter(text, token, `this list can be filtered by these fields: ${known}`);
  }
  function literal(): JsonValue {
    const token = next();
    if (token.kind === 'text') return token.text;
    if (token.kind === 'number') return Number(token.text);
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (word === 'true' || word === 'false') return word === 'true';
    if (word === 'null') return null;
    throw invalidFilter(text, token, "expected a value: '…', a number, true, false or null");
  }

  const test = either(0);
  if (peek().kind !== 'end') throw invalidFilter(text, peek(), 'expected and, or, or the end');
  return test;
}

/** Below, at or above 0; undefined where the two cannot be compared. */
function orderOf(value: JsonValue | undefined, other: JsonValue): number | undefined {
  if (other === null) return value === undefined || value === null ? 0 : 1;
  if (typeof value === 'string' && typeof other === 'string') {
    const [one, two] = [value.toLowerCase(), other.toLowerCase()];
    return one === two ? 0 : one < two ? -1 : 1;
  }
  if (typeof value === typeof other && (typeof value === 'number' || typeof value === 'boolean')) {
    return Number(value) - Number(other);
  }
  return undefined;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /\s+|'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?(?![\w-]))|([A-Za-z_][\w./-]*)|([(),])/uy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) throw invalidFilter(text, { kind: 'mark', text: text.charAt(at), at }, 'this is not expected');
    const [, quoted, number, word, mark] = found;
    if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'"), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark, at });
  }
  return tokens;
}

const byLowerCase = <V>(record: Readonly<Record<string, V>>): ReadonlyMap<string, V> =>
  new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));

function invalidFilter(filter: string, { text, at }: Token, reason: string): Problem {
  const where = text === '' ? 'at its end' : `at '${text}', position ${at + 1}`;
  return new Problem({
    code: 'InvalidFilterInQueryString',
    status: 400,
    message: `Invalid $filter '${filter}' specified in the query string: ${where}, ${reason}.`,
  });
}
