import { explicit } from '../convert/conversion.ts';
import type { Runtime } from '../runtime.ts';
import type { Block, Expression, LocalDeclaration, Statement as Node, Span } from '../syntax/tree.ts';
import { same, T, type Type, typeOf } from '../type/types.ts';
import { enumerateAs } from '../value/enumerate.ts';
import type { Fields, V } from '../value/values.ts';
import { type Binder, type Local, storeLocal } from './binder.ts';
import { type Bound, isPseudo, type Run } from './bound.ts';
import { convert, convertible, convertToBound } from './convert-bound.ts';
import { bindArrayInitializer } from './creation.ts';
import { firstUnassignedUse } from './definite-assignment.ts';
import { elementTypeOf } from './element-type.ts';
import { bindExpression, bindTo, bindTyped, bindValue } from './expressions.ts';
import { bindFunction, makeDelegate, resultOf } from './lambdas.ts';
import { alwaysEnds } from './reachability.ts';
import { bindSwitch } from './switches.ts';
import { bindTry, bindUsing } from './tries.ts';
import { bindType } from './types.ts';

/** A jump to a label; `goto case` has labels of its own. */
export class Jump {
  readonly label: string;
  constructor(label: string) {
    this.label = label;
  }
}
export type Signal = undefined | 'break' | 'continue' | 'return' | Jump;
export type Statement = (r: Runtime) => Signal;
const nothing: Statement = () => undefined;

/** The body of an expression, of a lambda or of a local function. */
export function bindFunctionBlock(b: Binder, block: Block): Bound {
  const { fn } = b;
  const run = bindBlock(b, block);
  const isVoid = fn.result?.name === 'void';
  // A body that only throws has any type.
  const type =
    fn.result ?? (fn.returns.length === 0 && !fn.parent && alwaysEnds(block) ? T.object : resultOf(b, block, fn));
  if (isVoid || type.name === 'void')
    return {
      type: T.void,
      run: (r) => {
        run(r);
        return null;
      },
    };
  if (!alwaysEnds(block))
    b.fail({ start: block.start, end: block.start + 1 }, 'type', 'Not all code paths return a value.');
  for (const entry of fn.returns) entry.run = convert(b, entry.node, entry.bound, type);
  return {
    type,
    run: (r) => {
      r.returned = null;
      run(r);
      return r.returned;
    },
  };
}

export function bindBlock(b: Binder, block: Block): Statement {
  return bindStatements(b, block.statements);
}
/** Statements in a scope of their own; local functions are known from its start. */
export function bindStatements(b: Binder, nodes: readonly Node[]): Statement {
  const made: ((r: Runtime) => void)[] = [];
  b.fn.labels.push(labelsOf(nodes));
  const { result, enter } = b.scoped(() => {
    const functions = new Map<Node, Local>();
    for (const node of nodes)
      if (node.kind === 'localFunction') b.guard(() => void functions.set(node, declareFunction(b, node)), undefined);
    const statements: Statement[] = [];
    const labels = new Map<string, number>();
    for (const node of nodes) {
      let inner = node;
      while (inner.kind === 'labeled') {
        labels.set(inner.label, statements.length);
        inner = inner.statement;
      }
      const current = inner;
      const local = functions.get(current);
      if (current.kind === 'localFunction') {
        if (local) b.guard(() => void made.push(bindLocalFunction(b, current, local)), undefined);
        continue;
      }
      if (current.kind === 'local')
        b.guard(() => checkAssignment(b, current, nodes.slice(nodes.indexOf(node) + 1)), undefined);
      const statement = b.guard<Statement | undefined>(() => bindStatement(b, current), undefined);
      if (statement) statements.push(statement);
    }
    return sequence(statements, labels);
  });
  b.fn.labels.pop();
  if (!enter && made.length === 0) return result;
  return (r) => {
    enter?.(r);
    for (const make of made) make(r);
    return result(r);
  };
}

/** A variable without a value must get one on every way to where it is read. */
function checkAssignment(b: Binder, declaration: LocalDeclaration, rest: readonly Node[]): void {
  for (const { name, value } of declaration.declarators) {
    const use = value ? undefined : firstUnassignedUse(name, rest);
    if (use) b.fail(use, 'type', `Use of unassigned local variable '${name}'.`, name);
  }
}
function labelsOf(nodes: readonly Node[]): ReadonlySet<string> {
  const labels = new Set<string>();
  for (let node of nodes)
    while (node.kind === 'labeled') {
      labels.add(node.label);
      node = node.statement;
    }
  return labels;
}

function sequence(statements: readonly Statement[], labels: ReadonlyMap<string, number>): Statement {
  const [first, second] = statements;
  if (labels.size === 0) {
    if (!first) return nothing;
    if (!second) return first;
    const count = statements.length;
    return (r) => {
      for (let i = 0; i < count; i++) {
        const signal = statements[i]?.(r);
        if (signal !== undefined) return signal;
      }
      return undefined;
    };
  }
  return (r) => {
    for (let i = 0; i < statements.length; i++) {
      const signal = statements[i]?.(r);
      if (signal === undefined) continue;
      const place = signal instanceof Jump ? labels.get(signal.label) : undefined;
      if (place === undefined) return signal;
      r.step();
      i = place - 1;
    }
    return undefined;
  };
}

/** A statement that stands alone, as the body of a loop does. */
export const bindScoped = (b: Binder, node: Node): Statement =>
  node.kind === 'block' ? bindBlock(b, node) : bindStatements(b, [node]);

function bindLoopBody(b: Binder, node: Node): Statement {
  b.fn.around.push('loop');
  try {
    return bindScoped(b, node);
  } finally {
    b.fn.around.pop();
  }
}

const statementKinds = new Set<Expression['kind']>(['call', 'assign', 'new', 'conditionalAccess', 'unary']);
export function bindStatementExpression(b: Binder, node: Expression): Run {
  const isUpdate = node.kind !== 'unary' || node.operator === '++' || node.operator === '--';
  if (!statementKinds.has(node.kind) || !isUpdate)
    b.fail(
      node,
      'syntax',
      'Only assignment, call, increment, decrement, and new object expressions can be used as a statement.',
    );
  const bound = bindExpression(b, node);
  if (isPseudo(bound.type))
    b.fail(
      node,
      'syntax',
      'Only assignment, call, increment, decrement, and new object expressions can be used as a statement.',
    );
  return bound.run;
}

export function bindStatement(b: Binder, node: Node): Statement | undefined {
  switch (node.kind) {
    case 'block':
      return bindBlock(b, node);
    case 'empty':
      return undefined;
    case 'local':
      return bindDeclaration(b, node);
    case 'localFunction':
      return undefined;
    case 'labeled':
      return bindStatements(b, [node]);
    case 'expression': {
      const run = bindStatementExpression(b, node.value);
      return (r) => {
        r.step();
        run(r);
        return undefined;
      };
    }
    case 'return':
      return bindReturn(b, node);
    case 'if': {
      const test = bindTo(b, node.test, T.bool);
      const yes = bindScoped(b, node.yes);
      const no = node.no ? bindScoped(b, node.no) : nothing;
      return (r) => {
        r.step();
        return test(r) ? yes(r) : no(r);
      };
    }
    case 'while': {
      const test = bindTo(b, node.test, T.bool);
      return loop(test, bindLoopBody(b, node.body), []);
    }
    case 'do': {
      const body = bindLoopBody(b, node.body);
      const test = bindTo(b, node.test, T.bool);
      return (r) => {
        for (;;) {
          r.step();
          const signal = body(r);
          if (signal === 'return' || signal instanceof Jump) return signal;
          if (signal === 'break' || !test(r)) return undefined;
        }
      };
    }
    case 'for':
      return bindFor(b, node);
    case 'foreach':
      return bindForeach(b, node);
    case 'break':
    case 'continue': {
      const signal = node.kind;
      if (!b.fn.around.some((kind) => kind === 'loop' || (kind === 'switch' && signal === 'break')))
        b.fail(node, 'type', 'No enclosing loop out of which to break or continue.');
      return () => signal;
    }
    case 'goto': {
      if (!b.fn.labels.some((labels) => labels.has(node.label)))
        b.fail(
          node,
          'unknownName',
          `No such label '${node.label}' within the scope of the goto statement.`,
          node.label,
        );
      const jump = new Jump(node.label);
      return () => jump;
    }
    case 'gotoCase': {
      const value = node.value && bindExpression(b, node.value).constant;
      const jump = new Jump(node.value ? `case ${String(value)}` : 'default');
      return () => jump;
    }
    case 'throw': {
      if (!node.value) {
        const slot =
          b.caught.at(-1) ?? b.fail(node, 'type', 'A throw statement with no value can only be used inside of catch.');
        return (r) => {
          throw r.frame[slot];
        };
      }
      const value = convert(b, node.value, bindExpression(b, node.value), T.exception);
      return (r) => {
        throw value(r);
      };
    }
    case 'try':
      return bindTry(b, node);
    case 'switch':
      return bindSwitch(b, node);
    case 'using':
      return bindUsing(b, node);
    case 'checkedBlock': {
      const before = b.overflow;
      b.overflow = node.isChecked ? 'checked' : 'unchecked';
      const block = bindBlock(b, node.body);
      b.overflow = before;
      return block;
    }
    default:
      return node satisfies never;
  }
}

function bindReturn(b: Binder, node: Extract<Node, { kind: 'return' }>): Statement {
  const { fn } = b;
  if (!node.value) {
    if (fn.result?.name !== 'void' && (fn.result || !fn.parent))
      b.fail(node, 'type', 'An object of a type convertible to the result is required.');
    return () => 'return';
  }
  const bound = bindValue(b, node.value);
  if (fn.result?.name === 'void')
    b.fail(node, 'type', 'Since the function returns void, a return must not be followed by a value.');
  const entry = { bound, node: node.value, run: bound.run };
  if (fn.result && !convertible(b, bound, fn.result)) convert(b, node.value, bound, fn.result);
  fn.returns.push(entry);
  return (r) => {
    r.step();
    r.returned = entry.run(r);
    return 'return';
  };
}

export function bindDeclaration(b: Binder, node: LocalDeclaration): Statement {
  const isVar = node.type.kind === 'varType';
  if (isVar && node.declarators.length > 1)
    b.fail(node, 'type', 'Implicitly-typed variables cannot have multiple declarators.');
  const statements = node.declarators.map((declarator): Statement => {
    const { name, value } = declarator;
    const error = { type: typeOf('?error'), run: () => null };
    if (isVar) {
      if (!value || value.kind === 'initializer')
        return b.fail(declarator, 'type', 'Implicitly-typed variables must be initialized.');
      const bound = b.guard<Bound>(() => {
        const inner = bindExpression(b, value);
        if (inner.type.name === 'void' || same(inner.type, T.null) || isPseudo(inner.type))
          b.fail(
            value,
            'type',
            `Cannot assign ${same(inner.type, T.null) ? '<null>' : inner.type.key} to an implicitly-typed variable.`,
          );
        return inner;
      }, error);
      return store(b.declare(declarator, name, bound.type), bound.run);
    }
    const type = bindType(b, node.type);
    if (!value) {
      if (node.isConst) b.fail(declarator, 'type', 'A const needs a value.');
      b.declare(declarator, name, type, { isAssigned: false });
      return nothing;
    }
    if (value.kind === 'initializer') {
      const bound = bindArrayInitializer(b, value, type);
      return store(b.declare(declarator, name, type), bound.run);
    }
    if (node.isConst) {
      const bound = convertToBound(b, value, bindExpression(b, value), type);
      if (bound.constant === undefined)
        b.fail(value, 'type', `The expression being assigned to '${name}' must be constant.`);
      b.declare(declarator, name, type, { constant: bound.constant });
      return nothing;
    }
    // A lambda may call itself by the variable's name only where the variable is declared before.
    const run = b.guard<Run>(() => bindTo(b, value, type), error.run);
    return store(b.declare(declarator, name, type), run);
  });
  const [only, second] = statements;
  return only && !second ? only : sequence(statements, new Map());
}
function store(local: Local, run: Run): Statement {
  const keep = storeLocal(local);
  return (r) => {
    keep(r, run(r));
    return undefined;
  };
}

type LocalFunctionNode = Extract<Node, { kind: 'localFunction' }>;
function declareFunction(b: Binder, node: LocalFunctionNode): Local {
  const parameters = node.parameters.map(({ type, name, start, end }) =>
    type ? bindType(b, type) : b.fail({ start, end }, 'type', `The parameter '${name}' needs a type.`),
  );
  if (parameters.length > 8) b.unsupported(node, 'A local function of more than eight parameters');
  const result =
    node.result &&
    (node.result.kind === 'varType'
      ? b.fail(node, 'type', "A local function's result cannot be var.")
      : bindType(b, node.result));
  const type: Type = result ? typeOf('Func', [...parameters, result]) : typeOf('Action', parameters);
  const fallbacks = node.parameters.map((parameter, index): Bound | undefined => {
    const { default: value } = parameter;
    return value && convertToBound(b, value, bindExpression(b, value), parameters[index] ?? T.object);
  });
  return b.declare(node, node.name, type, { fallbacks });
}
function bindLocalFunction(b: Binder, node: LocalFunctionNode, local: Local): (r: Runtime) => void {
  const types = local.type.args;
  const parameters = node.parameters.map((parameter, index) => ({
    node: parameter,
    name: parameter.name,
    type: types[index] ?? T.object,
  }));
  const result = node.result ? (types.at(-1) ?? T.object) : T.void;
  const before = b.speculation;
  const bound = bindFunction(b, parameters, node.body, result);
  b.speculation = before;
  const make = makeDelegate(bound, bound.body.run, local.type);
  const keep = storeLocal(local);
  return (r) => keep(r, make(r));
}

function loop(test: Run, body: Statement, updates: readonly Run[]): Statement {
  return (r) => {
    while (test(r)) {
      r.step();
      const signal = body(r);
      if (signal === 'return' || signal instanceof Jump) return signal;
      if (signal === 'break') break;
      for (const update of updates) update(r);
    }
    return undefined;
  };
}

function bindFor(b: Binder, node: Extract<Node, { kind: 'for' }>): Statement {
  const { result, enter } = b.scoped(() => {
    const initial = node.initial.map((part): Statement => {
      if (part.kind === 'local') return bindDeclaration(b, part);
      const run = bindStatementExpression(b, part);
      return (r) => void run(r);
    });
    const test: Run = node.test ? bindTo(b, node.test, T.bool) : () => true;
    const updates = node.update.map((update) => bindStatementExpression(b, update));
    const run = loop(test, bindLoopBody(b, node.body), updates);
    return (r: Runtime): Signal => {
      for (const start of initial) start(r);
      return run(r);
    };
  });
  return enter
    ? (r) => {
        enter(r);
        return result(r);
      }
    : result;
}

function bindForeach(b: Binder, node: Extract<Node, { kind: 'foreach' }>): Statement {
  const source = bindTyped(b, node.source);
  const element = elementTypeOf(source.type) ?? cannotEnumerate(b, node.source, source.type);
  const { result, enter } = b.scoped(() => {
    const [name = '', ...others] = node.names;
    if (others.length > 0) return { set: deconstruct(b, node, element), body: bindLoopBody(b, node.body) };
    const type = node.type.kind === 'varType' ? element : bindType(b, node.type);
    const apply =
      explicit(element, type, false) ??
      b.fail(node.type, 'type', `Cannot convert type '${element.key}' to '${type.key}'.`);
    const keep = storeLocal(b.declare(node, name, type, { isReadOnly: true }));
    const set = same(element, type) ? keep : (r: Runtime, value: V) => keep(r, apply(value));
    return { set, body: bindLoopBody(b, node.body) };
  });
  const { set, body } = result;
  const { run } = source;
  return (r) => {
    for (const item of enumerateAs(source.type, run(r))) {
      r.step();
      // Each turn has a variable of its own, which a lambda may keep.
      enter?.(r);
      set(r, item);
      const signal = body(r);
      if (signal === 'return' || signal instanceof Jump) return signal;
      if (signal === 'break') break;
    }
    return undefined;
  };
}
const cannotEnumerate = (b: Binder, node: Span, type: Type): never =>
  b.fail(node, 'type', `foreach statement cannot operate on variables of type '${type.key}'.`);
function deconstruct(
  b: Binder,
  node: Extract<Node, { kind: 'foreach' }>,
  element: Type,
): (r: Runtime, value: V) => void {
  if (element.name !== 'ValueTuple' || element.args.length !== node.names.length)
    return b.fail(node, 'type', `A ${element.key} cannot be taken apart into ${node.names.length} variables.`);
  const keeps = node.names.map((name, index) =>
    name === '_' ? () => {} : storeLocal(b.declare(node, name, element.args[index] ?? T.object)),
  );
  return (r, value: Fields) => {
    for (const [index, keep] of keeps.entries()) keep(r, value.values[index]);
  };
}
