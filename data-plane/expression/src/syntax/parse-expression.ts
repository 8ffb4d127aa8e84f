import { Cursor } from './cursor.ts';
import type { Token } from './lex.ts';
import { parseQuery, startsQuery } from './parse-query.ts';
import { parseBlock } from './parse-statement.ts';
import {
  isPredefined,
  parseNonArray,
  parseRank,
  parseType,
  parseTypeArguments,
  startsExpression,
} from './parse-type.ts';
import type {
  ArgumentNode,
  Expression,
  Initializer,
  InterpolationPart,
  LambdaParameter,
  Pattern,
  TypeNode,
} from './tree.ts';

const precedences: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>=', 'is', 'as'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '??=']);

export function parseExpression(c: Cursor): Expression {
  return c.nested(() => {
    const { start } = c.token;
    if (startsLambda(c)) return parseLambda(c);
    if (startsQuery(c)) return parseQuery(c);
    const target = parseConditional(c);
    if (c.token.kind === 'mark' && assignments.has(c.token.text)) {
      const operator = c.take().text;
      const value = parseExpression(c);
      return { kind: 'assign', operator, target, value, ...c.spanFrom(start) };
    }
    if (isShiftAssignment(c)) {
      for (let i = 0; i < 3; i++) c.take();
      const value = parseExpression(c);
      return { kind: 'assign', operator: '>>=', target, value, ...c.spanFrom(start) };
    }
    return target;
  });
}
const isAdjacent = (c: Cursor): boolean => c.peek(0).end === c.peek(1).start;
/** `>` `>=`; the lexer keeps `>` apart from `>`, so `>>=` is `>`, `>`, `=`. */
const isShiftAssignment = (c: Cursor): boolean =>
  c.is('>') && c.is('>', 1) && c.is('=', 2) && isAdjacent(c) && c.peek(1).end === c.peek(2).start;

function parseConditional(c: Cursor): Expression {
  const { start } = c.token;
  const test = parseCoalesce(c);
  if (!c.is('?')) return test;
  c.take();
  const yes = parseExpression(c);
  c.expect(':');
  const no = parseExpression(c);
  return { kind: 'conditional', test, yes, no, ...c.spanFrom(start) };
}

function parseCoalesce(c: Cursor): Expression {
  const { start } = c.token;
  const left = parseBinary(c, 0);
  if (!c.accept('??')) return left;
  const right = c.is('throw') ? parseUnary(c) : c.nested(() => parseCoalesce(c));
  return { kind: 'binary', operator: '??', left, right, ...c.spanFrom(start) };
}

/** `>` is one token, so `>=` and `>>` are put together here. */
function operatorAt(c: Cursor): { text: string; tokens: number } {
  const { token } = c;
  if (token.kind !== 'mark' && token.kind !== 'keyword') return { text: '', tokens: 0 };
  if (c.is('>') && isAdjacent(c)) {
    if (c.is('>', 1))
      return c.is('=', 2) && c.peek(1).end === c.peek(2).start ? { text: '', tokens: 0 } : { text: '>>', tokens: 2 };
    if (c.is('=', 1)) return { text: '>=', tokens: 2 };
    if (c.is('==', 1)) return { text: '', tokens: 0 };
  }
  return { text: token.text, tokens: 1 };
}

function parseBinary(c: Cursor, level: number): Expression {
  const operators = precedences[level];
  if (!operators) return parseUnary(c);
  const { start } = c.token;
  let left = parseBinary(c, level + 1);
  for (;;) {
    const { text, tokens } = operatorAt(c);
    if (!operators.includes(text)) return left;
    for (let i = 0; i < tokens; i++) c.take();
    if (text === 'is') left = { kind: 'is', value: left, pattern: parseIsPattern(c), ...c.spanFrom(start) };
    else if (text === 'as') left = { kind: 'as', value: left, type: parseType(c, true), ...c.spanFrom(start) };
    else left = { kind: 'binary', operator: text, left, right: parseBinary(c, level + 1), ...c.spanFrom(start) };
  }
}

const startsConstant = (c: Cursor): boolean =>
  ['integer', 'real', 'string', 'char'].includes(c.token.kind) ||
  ['null', 'true', 'false', '-', '+', '~', '!'].some((text) => c.is(text));

function parseIsPattern(c: Cursor): Pattern {
  const { start } = c.token;
  if (startsConstant(c)) return { kind: 'constantPattern', value: parseBinary(c, 7), ...c.spanFrom(start) };
  const type = c.attempt(() => parseType(c, true));
  if (!type) return { kind: 'constantPattern', value: parseBinary(c, 7), ...c.spanFrom(start) };
  if (c.token.kind === 'name' && !['when', 'and', 'or'].includes(c.token.text))
    return { kind: 'declarationPattern', type, name: c.take().text, ...c.spanFrom(start) };
  return { kind: 'typePattern', type, ...c.spanFrom(start) };
}

/** What stands behind `case`. */
export function parseCasePattern(c: Cursor): Pattern {
  const { start } = c.token;
  const declared = c.attempt((): Pattern | undefined => {
    if (startsConstant(c)) return undefined;
    const type = parseType(c);
    if (c.token.kind !== 'name' || !(c.is(':', 1) || c.isWord('when', 1)) || c.isWord('when')) return undefined;
    return { kind: 'declarationPattern', type, name: c.take().text, ...c.spanFrom(start) };
  });
  return declared ?? { kind: 'constantPattern', value: parseExpression(c), ...c.spanFrom(start) };
}

export function parseUnary(c: Cursor): Expression {
  return c.nested((): Expression => {
    const { start } = c.token;
    for (const operator of ['!', '-', '+', '~', '++', '--']) {
      if (!c.is(operator)) continue;
      c.take();
      const operand = parseUnary(c);
      return { kind: 'unary', operator, operand, isPostfix: false, ...c.spanFrom(start) };
    }
    if (c.is('throw')) {
      c.take();
      const value = parseExpression(c);
      return { kind: 'throw', value, ...c.spanFrom(start) };
    }
    const cast = c.attempt(() => {
      if (!c.accept('(')) return undefined;
      const type = parseType(c);
      c.expect(')');
      return type.kind !== 'varType' && isCast(c, type) ? type : undefined;
    });
    if (cast) {
      const value = parseUnary(c);
      return { kind: 'cast', type: cast, value, ...c.spanFrom(start) };
    }
    return parsePostfix(c, parsePrimary(c));
  });
}

/** `(x) - y` subtracts, `(int) - y` casts. */
function isCast(c: Cursor, type: TypeNode): boolean {
  if (!startsExpression(c, 0)) return false;
  if (c.token.kind === 'mark' && ['-', '+', '++', '--'].includes(c.token.text))
    return type.kind === 'predefinedType' || (type.kind === 'nullableType' && type.inner.kind === 'predefinedType');
  return !(c.token.kind === 'name' && ['when', 'and', 'or'].includes(c.token.text) && type.kind === 'namedType');
}

function parsePostfix(c: Cursor, primary: Expression): Expression {
  const { start } = primary;
  let left = primary;
  for (;;) {
    if (c.is('.')) {
      c.take();
      left = parseMember(c, left, start);
    } else if (c.is('[')) {
      left = { kind: 'index', target: left, args: parseArguments(c, '[', ']'), ...c.spanFrom(start) };
    } else if (c.is('(')) {
      left = { kind: 'call', target: left, args: parseArguments(c, '(', ')'), ...c.spanFrom(start) };
    } else if (c.is('?.') || (c.is('?') && c.is('[', 1) && isAdjacent(c))) {
      const isMember = c.take().text === '?.';
      const receiver: Expression = { kind: 'receiver', start: left.start, end: left.end };
      const first: Expression = isMember
        ? parseMember(c, receiver, start)
        : { kind: 'index', target: receiver, args: parseArguments(c, '[', ']'), ...c.spanFrom(start) };
      const access = c.nested(() => parsePostfix(c, first));
      left = { kind: 'conditionalAccess', target: left, access, ...c.spanFrom(start) };
    } else if (c.is('++') || c.is('--')) {
      left = { kind: 'unary', operator: c.take().text, operand: left, isPostfix: true, ...c.spanFrom(start) };
    } else return left;
  }
}

function parseMember(c: Cursor, target: Expression, start: number): Expression {
  const name = c.name();
  const typeArgs = parseGenericArguments(c);
  return {
    kind: 'member',
    target,
    name: name.text,
    nameSpan: { start: name.start, end: name.end },
    typeArgs,
    ...c.spanFrom(start),
  };
}

/** `F<int>(x)`, but not `a < b`. */
function parseGenericArguments(c: Cursor): readonly TypeNode[] {
  if (!c.is('<')) return [];
  return (
    c.attempt(() => {
      const args = parseTypeArguments(c);
      const { text, kind } = c.token;
      return kind === 'end' ||
        (kind === 'mark' &&
          ['(', ')', ']', '}', ':', ';', ',', '.', '?', '==', '!=', '|', '^', '&&', '||', '&', '['].includes(text))
        ? args
        : undefined;
    }) ?? []
  );
}

export function parseArguments(c: Cursor, open: string, close: string): readonly ArgumentNode[] {
  c.expect(open);
  const args: ArgumentNode[] = [];
  if (!c.is(close)) {
    do {
      const { start } = c.token;
      let name = '';
      if (c.token.kind === 'name' && c.is(':', 1)) {
        name = c.take().text;
        c.take();
      }
      if (c.is('ref')) c.fail('A ref argument is not supported in expressions');
      const isOut = c.accept('out');
      const value = (isOut ? parseOutDeclaration(c) : undefined) ?? parseExpression(c);
      args.push({ name, isOut, value, ...c.spanFrom(start) });
    } while (c.accept(','));
  }
  c.expect(close);
  return args;
}

function parseOutDeclaration(c: Cursor): Expression | undefined {
  return c.attempt(() => {
    const { start } = c.token;
    const type = parseType(c);
    if (c.token.kind !== 'name') return undefined;
    return { kind: 'declaration', type, names: [c.take().text], ...c.spanFrom(start) } as const;
  });
}

function parsePrimary(c: Cursor): Expression {
  const { token } = c;
  const { start } = token;
  switch (token.kind) {
    case 'integer':
    case 'real':
    case 'string':
    case 'char':
      c.take();
      return { kind: 'literal', literal: token.kind, text: token.text, start, end: token.end };
    case 'interpolated':
      c.take();
      return { kind: 'interpolated', parts: parseParts(token), start, end: token.end };
    case 'name': {
      c.take();
      const typeArgs = parseGenericArguments(c);
      return { kind: 'name', name: token.text, typeArgs, ...c.spanFrom(start) };
    }
    case 'mark':
      if (token.text === '(') return parseParenthesized(c);
      break;
    case 'keyword':
      break;
    case 'end':
      return c.fail('An expression was expected');
  }
  if (isPredefined(c)) {
    c.take();
    return { kind: 'predefined', name: token.text, start, end: token.end };
  }
  switch (token.text) {
    case 'true':
    case 'false':
      c.take();
      return { kind: 'literal', literal: 'bool', text: token.text, start, end: token.end };
    case 'null':
      c.take();
      return { kind: 'literal', literal: 'null', text: 'null', start, end: token.end };
    case 'new':
      return parseNew(c);
    case 'typeof': {
      c.take();
      c.expect('(');
      const type = parseType(c);
      c.expect(')');
      return { kind: 'typeof', type, ...c.spanFrom(start) };
    }
    case 'default': {
      c.take();
      if (!c.accept('(')) return { kind: 'default', type: undefined, ...c.spanFrom(start) };
      const type = parseType(c);
      c.expect(')');
      return { kind: 'default', type, ...c.spanFrom(start) };
    }
    case 'checked':
    case 'unchecked': {
      c.take();
      c.expect('(');
      const value = parseExpression(c);
      c.expect(')');
      return { kind: 'checked', isChecked: token.text === 'checked', value, ...c.spanFrom(start) };
    }
    default:
      return c.fail('An expression was expected');
  }
}

function parseParenthesized(c: Cursor): Expression {
  const { start } = c.take();
  const first = parseTupleItem(c);
  if (first.name === '' && c.accept(')')) {
    return { kind: 'parenthesized', value: first.value, ...c.spanFrom(start) };
  }
  const items = [first];
  while (c.accept(',')) items.push(parseTupleItem(c));
  c.expect(')');
  if (items.length < 2) c.fail('A tuple has two parts or more');
  return { kind: 'tuple', items, ...c.spanFrom(start) };
}
function parseTupleItem(c: Cursor): { name: string; value: Expression } {
  let name = '';
  if (c.token.kind === 'name' && c.is(':', 1)) {
    name = c.take().text;
    c.take();
  }
  const declared = c.attempt((): Expression | undefined => {
    const { start } = c.token;
    const type = parseType(c);
    if (c.token.kind !== 'name' || !(c.is(',', 1) || c.is(')', 1))) return undefined;
    return { kind: 'declaration', type, names: [c.take().text], ...c.spanFrom(start) };
  });
  return { name, value: declared ?? parseExpression(c) };
}

// ── lambdas ───────────────────────────────────────────────────────────────────────────────────────────────────────
function startsLambda(c: Cursor): boolean {
  if (c.is('delegate')) return true;
  if (c.token.kind === 'name' && c.is('=>', 1)) return true;
  if (!c.is('(')) return false;
  let depth = 0;
  for (let i = 0; ; i++) {
    const token = c.peek(i);
    if (token.kind === 'end') return false;
    if (c.is('(', i)) depth++;
    if (c.is(')', i) && --depth === 0) return c.is('=>', i + 1);
    if (c.is(';', i) || c.is('{', i)) return false;
  }
}
function parseLambda(c: Cursor): Expression {
  const { start } = c.token;
  if (c.accept('delegate')) {
    const parameters = c.is('(') ? parseParameters(c) : undefined;
    return { kind: 'lambda', parameters, body: parseBlock(c), ...c.spanFrom(start) };
  }
  let parameters: readonly LambdaParameter[];
  if (c.is('(')) parameters = parseParameters(c);
  else {
    const name = c.name();
    parameters = [{ name: name.text, type: undefined, default: undefined, start: name.start, end: name.end }];
  }
  c.expect('=>');
  const body = c.is('{') ? parseBlock(c) : parseExpression(c);
  return { kind: 'lambda', parameters, body, ...c.spanFrom(start) };
}

/** Of lambdas (types may be absent) and of local functions. */
export function parseParameters(c: Cursor): readonly LambdaParameter[] {
  c.expect('(');
  const parameters: LambdaParameter[] = [];
  if (!c.is(')')) {
    do {
      const { start } = c.token;
      if (['out', 'ref', 'params', 'in'].some((word) => c.is(word)))
        c.fail(`A parameter with '${c.token.text}' is not supported in expressions`);
      const hasType = !(c.token.kind === 'name' && (c.is(',', 1) || c.is(')', 1)));
      const type = hasType ? parseType(c) : undefined;
      const name = c.name().text;
      const value = c.accept('=') ? parseExpression(c) : undefined;
      parameters.push({ name, type, default: value, ...c.spanFrom(start) });
    } while (c.accept(','));
  }
  c.expect(')');
  return parameters;
}

// ── new ───────────────────────────────────────────────────────────────────────────────────────────────────────────
function parseNew(c: Cursor): Expression {
  const { start } = c.take();
  if (c.is('{')) return parseAnonymous(c, start);
  if (c.is('[')) {
    const rank = parseRank(c);
    const initializer = parseInitializer(c);
    return { kind: 'newArray', element: undefined, rank, sizes: [], initializer, ...c.spanFrom(start) };
  }
  const type = parseNonArray(c);
  if (c.is('[')) return parseNewArray(c, type, start);
  const args = c.is('(') ? parseArguments(c, '(', ')') : undefined;
  const initializer = c.is('{') ? parseInitializer(c) : undefined;
  if (!args && !initializer) c.fail("'(' was expected");
  return { kind: 'new', type, args: args ?? [], initializer, ...c.spanFrom(start) };
}

function parseNewArray(c: Cursor, base: TypeNode, start: number): Expression {
  const sizes: Expression[] = [];
  let rank = 1;
  c.expect('[');
  if (c.is(']') || c.is(',')) while (c.accept(',')) rank++;
  else {
    do sizes.push(parseExpression(c));
    while (c.accept(','));
    rank = sizes.length;
  }
  c.expect(']');
  const inner: number[] = [];
  while (c.is('[') && (c.is(']', 1) || c.is(',', 1))) inner.push(parseRank(c));
  let element = base;
  for (const innerRank of inner.toReversed())
    element = { kind: 'arrayType', element, rank: innerRank, start: base.start, end: base.end };
  const initializer = c.is('{') ? parseInitializer(c) : undefined;
  if (sizes.length === 0 && !initializer) c.fail('The size of the array was expected');
  if (!initializer && c.is('[')) c.fail('An element of a new array needs parentheses around the array');
  return { kind: 'newArray', element, rank, sizes, initializer, ...c.spanFrom(start) };
}

export function parseInitializer(c: Cursor): Initializer {
  const { start } = c.token;
  const items: Expression[] = [];
  c.expect('{');
  while (!c.is('}')) {
    items.push(parseInitializerItem(c));
    if (!c.accept(',')) break;
  }
  c.expect('}');
  return { kind: 'initializer', items, ...c.spanFrom(start) };
}
function parseInitializerItem(c: Cursor): Expression {
  const { start } = c.token;
  if (c.is('{')) return parseInitializer(c);
  const isIndexed = c.is('[');
  if (!isIndexed && !(c.token.kind === 'name' && c.is('=', 1))) return parseExpression(c);
  const receiver: Expression = { kind: 'receiver', start, end: start };
  let target: Expression;
  if (isIndexed) target = { kind: 'index', target: receiver, args: parseArguments(c, '[', ']'), ...c.spanFrom(start) };
  else target = parseMember(c, receiver, start);
  c.expect('=');
  const value = c.is('{') ? parseInitializer(c) : parseExpression(c);
  return { kind: 'assign', operator: '=', target, value, ...c.spanFrom(start) };
}

function parseAnonymous(c: Cursor, start: number): Expression {
  c.expect('{');
  const members: { name: string; value: Expression }[] = [];
  while (!c.is('}')) {
    let name = '';
    if (c.token.kind === 'name' && c.is('=', 1)) {
      name = c.take().text;
      c.take();
    }
    const value = parseExpression(c);
    if (name === '') name = nameOf(value) ?? c.fail('A member of an anonymous type needs a name');
    members.push({ name, value });
    if (!c.accept(',')) break;
  }
  c.expect('}');
  return { kind: 'newAnonymous', members, ...c.spanFrom(start) };
}
const nameOf = (value: Expression): string | undefined =>
  value.kind === 'name' || value.kind === 'member'
    ? value.name
    : value.kind === 'conditionalAccess'
      ? nameOf(value.access)
      : undefined;

function parseParts(token: Token): readonly InterpolationPart[] {
  if (token.kind !== 'interpolated') return [];
  return token.parts.map((part): InterpolationPart => {
    if (part.kind === 'text') return part;
    return {
      kind: 'hole',
      value: parseAll(part.value),
      alignment: part.alignment.length > 0 ? parseAll(part.alignment) : undefined,
      format: part.format,
    };
  });
}
function parseAll(tokens: readonly Token[]): Expression {
  const c = new Cursor(tokens);
  const value = parseExpression(c);
  if (c.token.kind !== 'end') c.fail("'}' was expected");
  return value;
}
