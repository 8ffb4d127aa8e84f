import type { Cursor } from './cursor.ts';
import { parseExpression } from './parse-expression.ts';
import { isPredefined, parseType } from './parse-type.ts';
import type { Expression, FromClause, QueryBody, QueryClause, TypeNode } from './tree.ts';

/** `from x in …` or `from T x in …`; `from` alone is a name. */
export function startsQuery(c: Cursor): boolean {
  return c.isWord('from') && (isPredefined(c, 1) || (c.peek(1).kind === 'name' && !c.is('.', 2)));
}

export function parseQuery(c: Cursor): Expression {
  const { start } = c.token;
  const from = parseFrom(c);
  const body = parseBody(c);
  return { kind: 'query', from, body, ...c.spanFrom(start) };
}

function parseRange(c: Cursor): { type: TypeNode | undefined; name: string } {
  const type = c.peek(1).kind === 'keyword' && c.is('in', 1) ? undefined : parseType(c);
  return { type, name: c.name().text };
}

function parseFrom(c: Cursor): FromClause {
  const { start } = c.token;
  c.expectWord('from');
  const { type, name } = parseRange(c);
  c.expect('in');
  return { kind: 'from', type, name, source: parseExpression(c), ...c.spanFrom(start) };
}

function parseClause(c: Cursor): QueryClause | undefined {
  const { start } = c.token;
  if (c.isWord('from')) return parseFrom(c);
  if (c.isWord('let')) {
    c.take();
    const name = c.name().text;
    c.expect('=');
    return { kind: 'let', name, value: parseExpression(c), ...c.spanFrom(start) };
  }
  if (c.isWord('where')) {
    c.take();
    return { kind: 'where', test: parseExpression(c), ...c.spanFrom(start) };
  }
  if (c.isWord('join')) {
    c.take();
    const { type, name } = parseRange(c);
    c.expect('in');
    const source = parseExpression(c);
    c.expectWord('on');
    const left = parseExpression(c);
    c.expectWord('equals');
    const right = parseExpression(c);
    let into = '';
    if (c.isWord('into')) {
      c.take();
      into = c.name().text;
    }
    return { kind: 'join', type, name, source, left, right, into, ...c.spanFrom(start) };
  }
  if (c.isWord('orderby')) {
    c.take();
    const keys: { value: Expression; isDescending: boolean }[] = [];
    do {
      const value = parseExpression(c);
      const isDescending = c.isWord('descending');
      if (isDescending || c.isWord('ascending')) c.take();
      keys.push({ value, isDescending });
    } while (c.accept(','));
    return { kind: 'orderby', keys, ...c.spanFrom(start) };
  }
  return undefined;
}

function parseBody(c: Cursor): QueryBody {
  const { start } = c.token;
  const clauses: QueryClause[] = [];
  for (let clause = parseClause(c); clause; clause = parseClause(c)) clauses.push(clause);
  let result: QueryBody['result'];
  if (c.isWord('group')) {
    c.take();
    const value = parseExpression(c);
    c.expectWord('by');
    result = { kind: 'group', value, by: parseExpression(c) };
  } else {
    c.expectWord('select');
    result = { kind: 'select', value: parseExpression(c) };
  }
  let into: QueryBody['into'];
  if (c.isWord('into')) {
    c.take();
    const name = c.name().text;
    into = { name, body: parseBody(c) };
  }
  return { clauses, result, into, ...c.spanFrom(start) };
}
