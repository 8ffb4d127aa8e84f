import type { Cursor } from './cursor.ts';
import { parseCasePattern, parseExpression, parseInitializer, parseParameters } from './parse-expression.ts';
import { parseType } from './parse-type.ts';
import type { Block, CatchClause, Expression, LocalDeclaration, Statement, SwitchSection, TypeNode } from './tree.ts';

export function parseBlock(c: Cursor): Block {
  const { start } = c.expect('{');
  const statements = parseStatements(c, () => c.is('}'));
  c.expect('}');
  return { kind: 'block', statements, ...c.spanFrom(start) };
}
export function parseStatements(c: Cursor, isEnd: () => boolean): readonly Statement[] {
  const statements: Statement[] = [];
  while (!isEnd() && c.token.kind !== 'end') statements.push(parseStatement(c));
  return statements;
}

export function parseStatement(c: Cursor): Statement {
  return c.nested(() => {
    const { start } = c.token;
    const statement = parseKeywordStatement(c) ?? parseOther(c);
    return { ...statement, ...c.spanFrom(start) };
  });
}

function parseKeywordStatement(c: Cursor): Statement | undefined {
  const { token } = c;
  const span = { start: token.start, end: token.end };
  if (token.kind === 'mark') {
    if (token.text === '{') return parseBlock(c);
    if (token.text !== ';') return undefined;
    c.take();
    return { kind: 'empty', ...span };
  }
  if (token.kind !== 'keyword') return undefined;
  const condition = (): Expression => {
    c.expect('(');
    const test = parseExpression(c);
    c.expect(')');
    return test;
  };
  switch (token.text) {
    case 'const': {
      c.take();
      const declaration = parseDeclaration(c, parseType(c), true);
      c.expect(';');
      return declaration;
    }
    case 'if': {
      c.take();
      const test = condition();
      const yes = parseStatement(c);
      const no = c.accept('else') ? parseStatement(c) : undefined;
      return { kind: 'if', test, yes, no, ...span };
    }
    case 'while': {
      c.take();
      const test = condition();
      return { kind: 'while', test, body: parseStatement(c), ...span };
    }
    case 'do': {
      c.take();
      const body = parseStatement(c);
      c.expect('while');
      const test = condition();
      c.expect(';');
      return { kind: 'do', test, body, ...span };
    }
    case 'for':
      return parseFor(c);
    case 'foreach':
      return parseForeach(c);
    case 'return':
    case 'throw': {
      c.take();
      const value = c.is(';') ? undefined : parseExpression(c);
      c.expect(';');
      return { kind: token.text, value, ...span };
    }
    case 'break':
    case 'continue':
      c.take();
      c.expect(';');
      return { kind: token.text, ...span };
    case 'goto':
      return parseGoto(c);
    case 'try':
      return parseTry(c);
    case 'switch':
      return parseSwitch(c);
    case 'checked':
    case 'unchecked':
      if (!c.is('{', 1)) return undefined;
      c.take();
      return { kind: 'checkedBlock', isChecked: token.text === 'checked', body: parseBlock(c), ...span };
    case 'using': {
      c.take();
      c.expect('(');
      const resource = tryDeclaration(c) ?? parseExpression(c);
      c.expect(')');
      return { kind: 'using', resource, body: parseStatement(c), ...span };
    }
    case 'case':
    case 'catch':
    case 'else':
    case 'finally':
    case 'unsafe':
    case 'fixed':
    case 'lock':
    case 'class':
    case 'struct':
    case 'interface':
    case 'enum':
    case 'namespace':
      return c.fail('A statement was expected');
    default:
      return undefined;
  }
}

function parseFor(c: Cursor): Statement {
  const { start } = c.take();
  c.expect('(');
  let initial: readonly (LocalDeclaration | Expression)[] = [];
  if (!c.is(';')) {
    const declaration = tryDeclaration(c);
    initial = declaration ? [declaration] : parseList(c);
  }
  c.expect(';');
  const test = c.is(';') ? undefined : parseExpression(c);
  c.expect(';');
  const update = c.is(')') ? [] : parseList(c);
  c.expect(')');
  return { kind: 'for', initial, test, update, body: parseStatement(c), ...c.spanFrom(start) };
}
function parseList(c: Cursor): readonly Expression[] {
  const list: Expression[] = [];
  do list.push(parseExpression(c));
  while (c.accept(','));
  return list;
}

function parseForeach(c: Cursor): Statement {
  const { start } = c.take();
  c.expect('(');
  const type = parseType(c);
  const names: string[] = [];
  if (c.is('(')) {
    c.take();
    do names.push(c.name().text);
    while (c.accept(','));
    c.expect(')');
  } else names.push(c.name().text);
  c.expect('in');
  const source = parseExpression(c);
  c.expect(')');
  return { kind: 'foreach', type, names, source, body: parseStatement(c), ...c.spanFrom(start) };
}

function parseGoto(c: Cursor): Statement {
  const { start } = c.take();
  if (c.is('case') || c.is('default')) {
    const value = c.take().text === 'case' ? parseExpression(c) : undefined;
    c.expect(';');
    return { kind: 'gotoCase', value, ...c.spanFrom(start) };
  }
  const label = c.name().text;
  c.expect(';');
  return { kind: 'goto', label, ...c.spanFrom(start) };
}

function parseTry(c: Cursor): Statement {
  const { start } = c.take();
  const body = parseBlock(c);
  const catches: CatchClause[] = [];
  while (c.is('catch')) {
    const clauseStart = c.take().start;
    let type: TypeNode | undefined;
    let name = '';
    if (c.accept('(')) {
      type = parseType(c);
      if (c.token.kind === 'name') name = c.take().text;
      c.expect(')');
    }
    let filter: Expression | undefined;
    if (c.isWord('when')) {
      c.take();
      c.expect('(');
      filter = parseExpression(c);
      c.expect(')');
    }
    catches.push({ type, name, filter, body: parseBlock(c), ...c.spanFrom(clauseStart) });
  }
  const last = c.accept('finally') ? parseBlock(c) : undefined;
  if (catches.length === 0 && !last) c.fail("'catch' or 'finally' was expected");
  return { kind: 'try', body, catches, last, ...c.spanFrom(start) };
}

function parseSwitch(c: Cursor): Statement {
  const { start } = c.take();
  c.expect('(');
  const value = parseExpression(c);
  c.expect(')');
  c.expect('{');
  const sections: SwitchSection[] = [];
  const isLabel = (): boolean => c.is('case') || (c.is('default') && c.is(':', 1));
  while (!c.is('}')) {
    const sectionStart = c.token.start;
    const labels: SwitchSection['labels'][number][] = [];
    if (!isLabel()) c.fail("'case' or 'default' was expected");
    while (isLabel()) {
      const labelStart = c.token.start;
      if (c.accept('default')) labels.push({ pattern: undefined, guard: undefined, ...c.spanFrom(labelStart) });
      else {
        c.expect('case');
        const pattern = parseCasePattern(c);
        let guard: Expression | undefined;
        if (c.isWord('when')) {
          c.take();
          guard = parseExpression(c);
        }
        labels.push({ pattern, guard, ...c.spanFrom(labelStart) });
      }
      c.expect(':');
    }
    const statements = parseStatements(c, () => c.is('}') || isLabel());
    sections.push({ labels, statements, ...c.spanFrom(sectionStart) });
  }
  c.expect('}');
  return { kind: 'switch', value, sections, ...c.spanFrom(start) };
}

/** `int x = 1, y`, `var x = …`; undefined where no declaration stands. */
function tryDeclaration(c: Cursor): LocalDeclaration | undefined {
  const type = c.attempt(() => {
    const read = parseType(c);
    return c.token.kind === 'name' && ['=', ';', ',', ')'].some((mark) => c.is(mark, 1)) ? read : undefined;
  });
  return type && parseDeclaration(c, type, false);
}
function parseDeclaration(c: Cursor, type: TypeNode, isConst: boolean): LocalDeclaration {
  const declarators: LocalDeclaration['declarators'][number][] = [];
  do {
    const name = c.name();
    const value = c.accept('=') ? (c.is('{') ? parseInitializer(c) : parseExpression(c)) : undefined;
    declarators.push({ name: name.text, value, ...c.spanFrom(name.start) });
  } while (c.accept(','));
  return { kind: 'local', isConst, type, declarators, ...c.spanFrom(type.start) };
}

function parseOther(c: Cursor): Statement {
  const { token } = c;
  const { start } = token;
  if (token.kind === 'name' && c.is(':', 1)) {
    c.take();
    c.take();
    const statement: Statement = c.is('}') ? { kind: 'empty', ...c.spanFrom(start) } : parseStatement(c);
    return { kind: 'labeled', label: token.text, statement, ...c.spanFrom(start) };
  }
  if (c.isWord('yield') && (c.is('return', 1) || c.is('break', 1)))
    c.fail('An iterator (`yield`) is not supported in expressions');
  const declaration = tryDeclaration(c);
  if (declaration) {
    c.expect(';');
    return declaration;
  }
  return tryLocalFunction(c) ?? tryDeconstruction(c) ?? parseExpressionStatement(c);
}

function tryLocalFunction(c: Cursor): Statement | undefined {
  const { start } = c.token;
  const head = c.attempt(() => {
    if (c.token.kind === 'name' && c.is('(', 1)) return undefined;
    const result = parseType(c);
    if (c.token.kind !== 'name' || !c.is('(', 1)) return undefined;
    const name = c.take().text;
    const parameters = parseParameters(c);
    return c.is('{') || c.is('=>') ? { result, name, parameters } : undefined;
  });
  if (!head) return undefined;
  let body: Expression | Block;
  if (c.is('{')) body = parseBlock(c);
  else {
    c.expect('=>');
    body = parseExpression(c);
    c.expect(';');
  }
  const result = head.result.kind === 'predefinedType' && head.result.name === 'void' ? undefined : head.result;
  return { kind: 'localFunction', result, name: head.name, parameters: head.parameters, body, ...c.spanFrom(start) };
}

/** `var (a, b) = …;` */
function tryDeconstruction(c: Cursor): Statement | undefined {
  if (!c.isWord('var') || !c.is('(', 1)) return undefined;
  const { start } = c.token;
  const target = c.attempt((): Expression | undefined => {
    const type: TypeNode = { kind: 'varType', start, end: c.take().end };
    c.expect('(');
    const names: string[] = [];
    do names.push(c.name().text);
    while (c.accept(','));
    c.expect(')');
    return c.is('=') ? { kind: 'declaration', type, names, ...c.spanFrom(start) } : undefined;
  });
  if (!target) return undefined;
  c.expect('=');
  const value = parseExpression(c);
  c.expect(';');
  const span = c.spanFrom(start);
  return { kind: 'expression', value: { kind: 'assign', operator: '=', target, value, ...span }, ...span };
}

function parseExpressionStatement(c: Cursor): Statement {
  const { start } = c.token;
  const value = parseExpression(c);
  c.expect(';');
  return { kind: 'expression', value, ...c.spanFrom(start) };
}
