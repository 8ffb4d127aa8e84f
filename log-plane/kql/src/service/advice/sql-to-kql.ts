import type { Token } from './situation.ts';

/** The KQL of a simple SELECT; undefined for anything with joins, subqueries or words that it does not know. */
export function kqlOfSql(tokens: readonly Token[], text: string): string | undefined {
  const clauses = clausesOf(tokens);
  if (clauses === undefined) return undefined;
  const { from, where, groups, having, order, limit } = clauses;
  if (from.length !== 1) return undefined;
  let { select } = clauses;
  const lines = [from[0]?.text ?? ''];
  if (where !== undefined) lines.push(`where ${condition(where, text)}`);
  let count = limit?.[0]?.text;
  if (isWord(select[0], 'top')) {
    count = select[1]?.text;
    select = select.slice(2);
  }
  const isDistinct = isWord(select[0], 'distinct');
  if (isDistinct) select = select.slice(1);
  const items = splitAt(select, ',').map((item) => itemOf(item, text));
  const isStar = items.length === 1 && items[0]?.expression === '*';
  const written = items.map(({ name, expression }) => (name === undefined ? expression : `${name} = ${expression}`));
  const aggregates = items.filter(({ isAggregate }) => isAggregate);
  if (aggregates.length > 0 || groups !== undefined) {
    const by = groups === undefined ? [] : splitAt(groups, ',').map((item) => textOf(item, text));
    const values = items
      .filter(({ isAggregate }) => isAggregate)
      .map(({ name, expression }) => (name === undefined ? expression : `${name} = ${expression}`));
    lines.push(
      `summarize ${values.join(', ')}${by.length === 0 ? '' : `${values.length > 0 ? ' ' : ''}by ${by.join(', ')}`}`,
    );
  } else if (isDistinct) lines.push(`distinct ${written.join(', ')}`);
  if (having !== undefined) lines.push(`where ${condition(having, text, items)}`);
  if (order !== undefined)
    lines.push(
      `order by ${splitAt(order, ',')
        .map((item) => orderOf(item, items, text))
        .join(', ')}`,
    );
  if (count !== undefined) lines.push(`take ${count}`);
  if (aggregates.length === 0 && groups === undefined && !isStar && !isDistinct)
    lines.push(`project ${written.join(', ')}`);
  return lines.join('\n| ');
}

interface Clauses {
  readonly select: readonly Token[];
  readonly from: readonly Token[];
  readonly where?: readonly Token[];
  readonly groups?: readonly Token[];
  readonly having?: readonly Token[];
  readonly order?: readonly Token[];
  readonly limit?: readonly Token[];
}

const isWord = (token: Token | undefined, word: string): boolean => token?.text.toLowerCase() === word;
const REFUSED = new Set(['join', 'union', 'over', 'case', 'with', 'exists', 'offset', 'intersect', 'except']);
const STARTS: Readonly<Record<string, keyof Clauses>> = {
  select: 'select',
  from: 'from',
  where: 'where',
  group: 'groups',
  having: 'having',
  order: 'order',
  limit: 'limit',
};

function clausesOf(tokens: readonly Token[]): Clauses | undefined {
  const clauses: Partial<Record<keyof Clauses, Token[]>> = {};
  let current: Token[] | undefined;
  for (const [index, token] of tokens.entries()) {
    const word = token.text.toLowerCase();
    if (REFUSED.has(word)) return undefined;
    if (token.text === ';') continue;
    const start = Object.hasOwn(STARTS, word) ? STARTS[word] : undefined;
    if (start !== undefined) {
      if (clauses[start] !== undefined) return undefined;
      current = [];
      clauses[start] = current;
    } else if (!(word === 'by' && /^(group|order)$/i.test(tokens[index - 1]?.text ?? ''))) current?.push(token);
  }
  const { select, from, ...rest } = clauses;
  return select === undefined || from === undefined ? undefined : { select, from, ...rest };
}

function splitAt(tokens: readonly Token[], separator: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0 && token.text === separator) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

const AGGREGATES: Readonly<Record<string, string>> = { count: 'count', sum: 'sum', avg: 'avg', min: 'min', max: 'max' };

interface Item {
  readonly name?: string;
  readonly expression: string;
  readonly isAggregate: boolean;
}

function itemOf(tokens: readonly Token[], text: string): Item {
  const as = tokens.findIndex((token) => isWord(token, 'as'));
  const value = as < 0 ? tokens : tokens.slice(0, as);
  const name = as < 0 ? undefined : tokens[as + 1]?.text;
  const [called, open, ...args] = value;
  const aggregate = open?.text === '(' ? AGGREGATES[called?.text.toLowerCase() ?? ''] : undefined;
  const inner = args.slice(0, -1);
  const expression =
    aggregate === undefined
      ? textOf(value, text)
      : isWord(inner[0], 'distinct')
        ? `dcount(${textOf(inner.slice(1), text)})`
        : `${aggregate}(${aggregate === 'count' ? '' : textOf(inner, text)})`;
  return { ...(name === undefined ? {} : { name }), expression, isAggregate: aggregate !== undefined };
}

/** What Kusto calls an item without a name: `count_`, `sum_x`. */
function nameOf({ name, expression, isAggregate }: Item): string {
  if (name !== undefined || !isAggregate) return name ?? expression;
  return expression.replace(/^(\w+)\((\w*)\)$/, '$1_$2');
}

function orderOf(tokens: readonly Token[], items: readonly Item[], text: string): string {
  const last = tokens.at(-1)?.text.toLowerCase();
  const isDescending = last === 'desc';
  const key = isDescending || last === 'asc' ? tokens.slice(0, -1) : tokens;
  const written = textOf(key, text);
  const { expression: wanted } = itemOf(key, text);
  const item =
    items[Number(key[0]?.text) - 1] ?? items.find(({ name, expression }) => expression === wanted || name === written);
  // Sorting comes before project, and after summarize.
  const column = item === undefined ? written : item.isAggregate ? nameOf(item) : item.expression;
  return `${column} ${isDescending ? 'desc' : 'asc'}`;
}

/** A condition of SQL, token by token. */
function condition(tokens: readonly Token[], text: string, items: readonly Item[] = []): string {
  const parts: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const word = token.text.toLowerCase();
    const next = tokens[at + 1]?.text.toLowerCase();
    if (word === '=') parts.push('==');
    else if (word === '<>') parts.push('!=');
    else if (word === 'and' || word === 'or') parts.push(word);
    else if (word === 'is') {
      const isNot = next === 'not';
      parts.push(`${isNot ? 'isnotnull' : 'isnull'}(${parts.pop() ?? ''})`);
      at += isNot ? 2 : 1;
    } else if (word === 'not' && next === 'in') {
      parts.push('!in');
      at += 1;
    } else if (word === 'like' || (word === 'not' && next === 'like')) {
      const isNot = word === 'not';
      const pattern = tokens[at + (isNot ? 2 : 1)]?.text ?? '';
      parts.push(like(pattern, isNot));
      at += isNot ? 2 : 1;
    } else if (word === 'between') {
      const end = tokens.findIndex((other, index) => index > at && isWord(other, 'and'));
      parts.push(`between (${textOf(tokens.slice(at + 1, end), text)} .. ${tokens[end + 1]?.text ?? ''})`);
      at = end + 1;
    } else if (tokens[at + 1]?.text === '(' && word in AGGREGATES) {
      const close = tokens.findIndex((other, index) => index > at && other.text === ')');
      const { expression } = itemOf(tokens.slice(at, close + 1), text);
      parts.push(nameOf(items.find((item) => item.expression === expression) ?? { expression, isAggregate: true }));
      at = close;
    } else parts.push(word === 'in' || word === 'not' ? word : token.text);
  }
  return parts.join(' ').replaceAll('( ', '(').replaceAll(' )', ')').replaceAll(' ,', ',');
}

function like(pattern: string, isNot: boolean): string {
  const quote = pattern[0] ?? "'";
  const inner = pattern.slice(1, -1);
  const [begins, ends] = [inner.startsWith('%'), inner.endsWith('%')];
  const text = `${quote}${inner.slice(begins ? 1 : 0, ends ? -1 : undefined)}${quote}`;
  const operator = begins && ends ? 'contains' : ends ? 'startswith' : begins ? 'endswith' : '==';
  if (operator === '==') return `${isNot ? '!=' : '=='} ${text}`;
  return `${isNot ? '!' : ''}${operator} ${text}`;
}

function textOf(tokens: readonly Token[], text: string): string {
  const [first, last] = [tokens[0], tokens.at(-1)];
  return first === undefined || last === undefined ? '' : text.slice(first.start, last.end);
}
