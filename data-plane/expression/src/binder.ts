import type { Node } from 'web-tree-sitter';
import { baseTypes, type Convert, explicit, implicit, instanceOf, isSubtype } from './conversion.ts';
import { type ExpressionDiagnostic, ExpressionError } from './csharp.ts';
import { type Member, type Parameter, tableOf } from './member-table.ts';
import { defaultOf, itemsOf } from './members-collections.ts';
import { arithmetic, compareOperator, equality } from './operators.ts';
import { BudgetExceeded, type Runtime } from './runtime.ts';
import { align, formatted, textOf } from './text.ts';
import {
  enumTypes,
  integers,
  isInteger,
  isNumeric,
  isValueType,
  same,
  substitute,
  T,
  type Type,
  typeOf,
} from './types.ts';
import { box, Items, parseDecimal, raise, type V } from './values.ts';

/** An expression that has a type and runs. */
export interface Bound {
  readonly type: Type;
  readonly run: (r: Runtime) => V;
  /** Known when compiled: literals; lets `byte b = 5` pass. */
  readonly constant?: V;
  readonly assign?: (r: Runtime, value: V) => void;
}
type Statement = (r: Runtime) => Signal;
type Signal = undefined | 'break' | 'continue' | 'return';
interface Local {
  readonly slot: number;
  readonly type: Type;
}
/** Binding stops at the first mistake of a statement. */
class Mistake extends Error {
  readonly diagnostic: ExpressionDiagnostic;
  constructor(diagnostic: ExpressionDiagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}

const aliases: Readonly<Record<string, string>> = {
  String: 'string',
  Int32: 'int',
  Int64: 'long',
  Boolean: 'bool',
  Double: 'double',
  Single: 'float',
  Decimal: 'decimal',
  Char: 'char',
  Byte: 'byte',
  SByte: 'sbyte',
  Int16: 'short',
  UInt16: 'ushort',
  UInt32: 'uint',
  UInt64: 'ulong',
  Object: 'object',
};
const keywords = new Set(Object.values(aliases));

export class Binder {
  readonly diagnostics: ExpressionDiagnostic[] = [];
  readonly needs = { requestBody: false, responseBody: false };
  readonly #offset: number;
  #slots = 0;
  #scopes: Map<string, Local>[] = [new Map()];
  #isChecked = false;
  #lambda: { types: Type[]; bounds: Bound[] } | undefined;

  constructor(offset: number) {
    this.#offset = offset;
  }
  get slots(): number {
    return this.#slots;
  }

  #fail(node: Node, code: string, message: string, subject?: string): never {
    throw new Mistake({
      code: `csharp.${code}`,
      message,
      start: Math.max(0, node.startIndex - this.#offset),
      length: Math.max(1, node.endIndex - node.startIndex),
      ...(subject === undefined ? {} : { subject }),
    });
  }
  #unsupported(node: Node, what: string): never {
    return this.#fail(node, 'unsupported', `${what} is not supported in expressions yet.`, what);
  }
  /** Runs a part of the binding; a mistake in it is noted and the rest goes on. */
  guard<R>(bind: () => R, otherwise: R): R {
    try {
      return bind();
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      this.diagnostics.push(error.diagnostic);
      return otherwise;
    }
  }

  // ── statements ──────────────────────────────────────────────────────────────────────────────────────────────────
  body(block: Node): Bound {
    const returns: { bound: Bound; node: Node }[] = [];
    const before = this.#returns;
    this.#returns = returns;
    const run = this.#block(block);
    this.#returns = before;
    if (returns.length === 0) this.#fail(block, 'type', 'Not all code paths return a value: `return` was expected.');
    if (!this.#ends(block)) this.#fail(block, 'type', 'Not all code paths return a value.');
    const type = this.#commonType(returns.map(({ bound }) => bound.type)) ?? T.object;
    for (const { bound, node } of returns) {
      const conversion =
        implicit(bound.type, type) ?? this.#fail(node, 'type', `Cannot convert ${bound.type.key} to ${type.key}.`);
      this.#returnConversions.set(bound, conversion.convert);
    }
    return {
      type: same(type, T.null) ? T.object : type,
      run: (r) => {
        r.returned = null;
        run(r);
        return r.returned;
      },
    };
  }
  #returns: { bound: Bound; node: Node }[] = [];
  readonly #returnConversions = new Map<Bound, Convert>();

  #commonType(types: readonly Type[]): Type | undefined {
    for (const candidate of types) if (types.every((type) => implicit(type, candidate))) return candidate;
    return types.length > 0 ? T.object : undefined;
  }
  /** Whether the end of a statement cannot be reached. */
  #ends(node: Node): boolean {
    switch (node.type) {
      case 'return_statement':
      case 'throw_statement':
        return true;
      case 'block':
      case 'checked_statement':
        return named(node).some((child) => this.#ends(child));
      case 'if_statement': {
        const alternative = node.childForFieldName('alternative');
        const consequence = node.childForFieldName('consequence');
        return alternative !== null && consequence !== null && this.#ends(consequence) && this.#ends(alternative);
      }
      case 'try_statement':
        return (
          named(node)
            .filter((child) => child.type === 'block')
            .every((child) => this.#ends(child)) &&
          named(node)
            .filter((child) => child.type === 'catch_clause')
            .every((child) => named(child).some((part) => part.type === 'block' && this.#ends(part)))
        );
      case 'while_statement':
        return node.childForFieldName('condition')?.text === 'true' && !node.text.includes('break');
      case 'switch_statement': {
        const sections = named(node.childForFieldName('body') ?? node);
        return (
          sections.some((section) => section.child(0)?.type === 'default') &&
          sections.every(
            (section, index) =>
              named(section).some((child) => this.#ends(child)) ||
              (index < sections.length - 1 && !named(section).some((child) => child.type.endsWith('_statement'))),
          )
        );
      }
      default:
        return false;
    }
  }

  #block(node: Node): Statement {
    this.#scopes.push(new Map());
    const statements = named(node).flatMap((child) => {
      const statement = this.guard<Statement | undefined>(() => this.#statement(child), undefined);
      return statement ? [statement] : [];
    });
    this.#scopes.pop();
    return sequence(statements);
  }
  #declare(node: Node, name: string, type: Type): Local {
    if (this.#scopes.some((scope) => scope.has(name)))
      this.#fail(node, 'duplicateName', `The name '${name}' is already declared in this scope.`, name);
    const local = { slot: this.#slots++, type };
    this.#scopes.at(-1)?.set(name, local);
    return local;
  }

  #statement(node: Node): Statement | undefined {
    const field = (name: string): Node =>
      node.childForFieldName(name) ??
      this.#fail(node, 'syntax', `The ${node.type.replaceAll('_', ' ')} is not complete.`);
    switch (node.type) {
      case 'block':
        return this.#block(node);
      case 'empty_statement':
      case 'comment':
        return undefined;
      case 'local_declaration_statement': {
        const declaration = named(node).find((child) => child.type === 'variable_declaration');
        return declaration ? this.#declaration(declaration) : this.#unsupported(node, 'This declaration');
      }
      case 'expression_statement': {
        const inner = named(node)[0] ?? this.#fail(node, 'syntax', 'An expression was expected.');
        if (
          ![
            'invocation_expression',
            'assignment_expression',
            'postfix_unary_expression',
            'prefix_unary_expression',
            'conditional_access_expression',
            'object_creation_expression',
          ].includes(inner.type)
        )
          this.#fail(
            inner,
            'syntax',
            'Only assignment, call, increment, decrement and new can be used as a statement.',
          );
        const { run } = this.expression(inner);
        return (r) => {
          r.step();
          run(r);
          return undefined;
        };
      }
      case 'return_statement': {
        const value = named(node).find((child) => child.type !== 'comment');
        const bound = value ? this.expression(value) : this.#fail(node, 'type', '`return` needs a value.');
        if (bound.type.name === 'void') this.#fail(node, 'type', 'A call that returns nothing has no value to return.');
        this.#returns.push({ bound, node });
        return (r) => {
          const result = bound.run(r);
          r.returned = (this.#returnConversions.get(bound) ?? ((v) => v))(result);
          return 'return';
        };
      }
      case 'if_statement': {
        const condition = this.#as(field('condition'), T.bool);
        const consequence = this.#scoped(field('consequence'));
        const other = node.childForFieldName('alternative');
        const alternative = other ? this.#scoped(other) : undefined;
        return (r) => {
          r.step();
          return condition(r) ? consequence(r) : alternative?.(r);
        };
      }
      case 'while_statement': {
        const condition = this.#as(field('condition'), T.bool);
        return loop(condition, this.#scoped(field('body')), () => {});
      }
      case 'do_statement': {
        const body = this.#scoped(field('body'));
        const condition = this.#as(field('condition'), T.bool);
        return (r) => {
          for (;;) {
            r.step();
            const signal = body(r);
            if (signal === 'return') return signal;
            if (signal === 'break' || !condition(r)) return undefined;
          }
        };
      }
      case 'for_statement': {
        this.#scopes.push(new Map());
        const initializer = node.childForFieldName('initializer');
        const start = initializer
          ? initializer.type === 'variable_declaration'
            ? this.#declaration(initializer)
            : (r: Runtime) => void this.expression(initializer).run(r)
          : undefined;
        const test = node.childForFieldName('condition');
        const condition = test ? this.#as(test, T.bool) : () => true;
        const updates = node
          .childrenForFieldName('update')
          .filter((child): child is Node => child?.isNamed)
          .map((child) => this.expression(child).run);
        const run = loop(condition, this.#scoped(field('body')), (r) => {
          for (const update of updates) update(r);
        });
        this.#scopes.pop();
        return (r) => {
          start?.(r);
          return run(r);
        };
      }
      case 'foreach_statement': {
        const source = this.expression(field('right'));
        const element =
          this.#elementType(source.type) ??
          this.#fail(field('right'), 'type', `foreach cannot go over a ${source.type.key}.`);
        this.#scopes.push(new Map());
        const typeNode = field('type');
        const type = typeNode.type === 'implicit_type' ? element : this.type(typeNode);
        const convert =
          explicit(element, type, false) ??
          this.#fail(typeNode, 'type', `Cannot convert ${element.key} to ${type.key}.`);
        const { slot } = this.#declare(field('left'), field('left').text, type);
        const body = this.#scoped(field('body'));
        this.#scopes.pop();
        return (r) => {
          const sourceValue = source.run(r);
          const items = itemsOf(sourceValue);
          const count = items.length;
          for (const item of [...items]) {
            r.step();
            r.slots[slot] = convert(item);
            const signal = body(r);
            if (sourceValue instanceof Items && sourceValue.items.length !== count)
              raise('InvalidOperationException', 'Collection was modified; enumeration operation may not execute.');
            if (signal === 'return') return signal;
            if (signal === 'break') break;
          }
          return undefined;
        };
      }
      case 'break_statement':
        return () => 'break';
      case 'continue_statement':
        return () => 'continue';
      case 'throw_statement': {
        const value = named(node)[0];
        if (!value)
          return (r) => {
            throw r.slots[this.#caught.at(-1) ?? 0];
          };
        const bound = this.expression(value);
        if (!isSubtype(bound.type, T.exception)) this.#fail(value, 'type', 'Only an exception can be thrown.');
        return (r) => {
          throw bound.run(r);
        };
      }
      case 'try_statement':
        return this.#try(node);
      case 'switch_statement':
        return this.#switch(node);
      case 'checked_statement': {
        const before = this.#isChecked;
        this.#isChecked = node.child(0)?.type === 'checked';
        const block = this.#block(named(node)[0] ?? node);
        this.#isChecked = before;
        return block;
      }
      default:
        return this.#unsupported(node, node.type.replaceAll('_', ' '));
    }
  }
  #scoped(node: Node): Statement {
    this.#scopes.push(new Map());
    const statement = this.guard<Statement | undefined>(() => this.#statement(node), undefined);
    this.#scopes.pop();
    return statement ?? (() => undefined);
  }
  #declaration(node: Node): Statement {
    const typeNode = node.childForFieldName('type');
    const statements = named(node)
      .filter((child) => child.type === 'variable_declarator')
      .map((declarator): Statement => {
        const name = declarator.childForFieldName('name') ?? declarator;
        const initializer = named(declarator).at(-1);
        const value = initializer && initializer.startIndex !== name.startIndex ? initializer : undefined;
        const isVar = !typeNode || typeNode.type === 'implicit_type';
        if (isVar && !value) this.#fail(declarator, 'type', 'A variable declared with var needs a value.');
        let type: Type;
        let run: ((r: Runtime) => V) | undefined;
        if (isVar && value) {
          const bound = this.guard<Bound>(() => this.expression(value), { type: typeOf('?error'), run: () => null });
          if (bound.type.name === 'void' || same(bound.type, T.null))
            this.#fail(value, 'type', `Cannot assign ${bound.type.key} to a variable declared with var.`);
          type = bound.type;
          run = bound.run;
        } else {
          type = this.type(typeNode ?? node);
          run = value ? this.#as(value, type) : undefined;
        }
        const { slot } = this.#declare(name, name.text, type);
        return (r) => {
          if (run) r.slots[slot] = run(r);
          return undefined;
        };
      });
    return sequence(statements);
  }
  #caught: number[] = [];
  #try(node: Node): Statement {
    const block = this.#scoped(node.childForFieldName('body') ?? node);
    const catches = named(node)
      .filter((child) => child.type === 'catch_clause')
      .map((clause) => {
        this.#scopes.push(new Map());
        const declaration = named(clause).find((child) => child.type === 'catch_declaration');
        const typeNode = declaration?.childForFieldName('type');
        const nameNode = declaration?.childForFieldName('name');
        const type = typeNode ? this.type(typeNode) : T.exception;
        const slot = nameNode ? this.#declare(nameNode, nameNode.text, type).slot : this.#slots++;
        const filterNode = named(clause).find((child) => child.type === 'catch_filter_clause');
        const filter = filterNode ? this.#as(named(filterNode)[0] ?? filterNode, T.bool) : undefined;
        this.#caught.push(slot);
        const bodyNode = clause.childForFieldName('body') ?? clause;
        const body = this.#scoped(bodyNode);
        this.#caught.pop();
        this.#scopes.pop();
        return { type, slot, filter, body };
      });
    const finallyNode = named(node).find((child) => child.type === 'finally_clause');
    const last = finallyNode ? this.#block(named(finallyNode)[0] ?? finallyNode) : undefined;
    const guarded: Statement = (r) => {
      try {
        return block(r);
      } catch (error) {
        if (!(error instanceof ExpressionError) || error instanceof BudgetExceeded || error.type.startsWith('Vigia.'))
          throw error;
        for (const { type, slot, filter, body } of catches) {
          if (!isException(error, type.name)) continue;
          r.slots[slot] = error;
          if (filter && !filter(r)) continue;
          return body(r);
        }
        throw error;
      }
    };
    if (!last) return guarded;
    return (r) => {
      let signal: Signal;
      try {
        signal = guarded(r);
      } catch (error) {
        if (!(error instanceof BudgetExceeded)) last(r);
        throw error;
      }
      const kept = r.returned;
      last(r);
      r.returned = kept;
      return signal;
    };
  }
  #switch(node: Node): Statement {
    const value = this.expression(node.childForFieldName('value') ?? node);
    const slot = this.#slots++;
    const held: Bound = { type: value.type, run: (r) => r.slots[slot] };
    const pending: ((r: Runtime) => boolean)[] = [];
    let pendingDefault = false;
    const branches: { tests: ((r: Runtime) => boolean)[]; isDefault: boolean; body: Statement }[] = [];
    for (const section of named(node.childForFieldName('body') ?? node)) {
      this.#scopes.push(new Map());
      const parts = named(section).filter((child) => child.type !== 'comment');
      if (section.child(0)?.type === 'default') pendingDefault = true;
      const pattern = parts.find((child) => child.type.endsWith('_pattern') || child.type === 'constant_pattern');
      const guardNode = parts.find((child) => child.type === 'when_clause');
      if (pattern) {
        const matches = this.#pattern(pattern, held);
        const guard = guardNode ? this.#as(named(guardNode)[0] ?? guardNode, T.bool) : undefined;
        pending.push((r) => matches(r) && (guard ? guard(r) : true));
      }
      const statements = parts.filter((child) => child.type.endsWith('_statement') || child.type === 'block');
      if (statements.length > 0) {
        const body = sequence(
          statements.flatMap(
            (child) => this.guard<Statement | undefined>(() => this.#statement(child), undefined) ?? [],
          ),
        );
        branches.push({ tests: pending.splice(0), isDefault: pendingDefault, body });
        pendingDefault = false;
      }
      this.#scopes.pop();
    }
    return (r) => {
      r.slots[slot] = value.run(r);
      const branch =
        branches.find(({ tests }) => tests.some((test) => test(r))) ?? branches.find(({ isDefault }) => isDefault);
      const signal = branch?.body(r);
      return signal === 'break' ? undefined : signal;
    };
  }

  // ── types and names ─────────────────────────────────────────────────────────────────────────────────────────────
  type(node: Node): Type {
    switch (node.type) {
      case 'predefined_type':
        if (node.text === 'object' || keywords.has(node.text)) return typeOf(node.text);
        return this.#unsupported(node, node.text);
      case 'nullable_type': {
        const inner = this.type(named(node)[0] ?? node);
        return isValueType(inner)
          ? typeOf('?', [inner])
          : this.#fail(node, 'type', `${inner.key} cannot be made nullable.`);
      }
      case 'array_type':
        if (!/^\[\s*\d*\s*\]$/.test(node.childForFieldName('rank')?.text ?? '[]'))
          this.#unsupported(node, 'An array of several dimensions');
        return typeOf('[]', [this.type(node.childForFieldName('type') ?? node)]);
      case 'generic_name': {
        const name = node.child(0)?.text ?? '';
        const args = named(named(node).find((child) => child.type === 'type_argument_list') ?? node).map((child) =>
          this.type(child),
        );
        const table = tableOf(name);
        if (!table || table.generics.length !== args.length) return this.#unknownType(node, name);
        return typeOf(name, args);
      }
      case 'qualified_name':
      case 'member_access_expression': {
        const last = node.childForFieldName('name') ?? node;
        if (!/^(System|Newtonsoft)\b/.test(node.text)) this.#unknownType(node, node.text);
        return this.type(last);
      }
      case 'identifier': {
        const name = aliases[node.text] ?? node.text;
        if (keywords.has(name) || tableOf(name)?.generics.length === 0 || Object.hasOwn(enumTypes, name))
          return typeOf(name);
        return this.#unknownType(node, name);
      }
      default:
        return this.#unknownType(node, node.text.slice(0, 60));
    }
  }
  #unknownType(node: Node, name: string): never {
    return this.#fail(
      node,
      'unknownType',
      `The type '${name}' is not among those that expressions may use here.`,
      name,
    );
  }
  #tryType(node: Node): Type | undefined {
    if (
      !['identifier', 'predefined_type', 'generic_name', 'member_access_expression', 'qualified_name'].includes(
        node.type,
      )
    )
      return undefined;
    try {
      return this.type(node);
    } catch (error) {
      if (error instanceof Mistake) return undefined;
      throw error;
    }
  }
  #elementType(type: Type): Type | undefined {
    if (type.name === 'IEnumerable') return type.args[0];
    for (const base of baseTypes(type)) {
      const found = this.#elementType(base);
      if (found) return found;
    }
    return undefined;
  }

  // ── expressions ─────────────────────────────────────────────────────────────────────────────────────────────────
  /** Bound and converted to a type. */
  #as(node: Node, type: Type): (r: Runtime) => V {
    return this.#convert(node, this.expression(node), type);
  }
  #convert(node: Node, bound: Bound, type: Type): (r: Runtime) => V {
    if (
      bound.constant !== undefined &&
      typeof bound.constant === 'number' &&
      same(bound.type, T.int) &&
      isInteger(type) &&
      type.name !== 'char'
    ) {
      const range = integers[type.name];
      const value = BigInt(bound.constant);
      if (range && value >= range.min && value <= range.max) {
        const converted = type.name === 'long' || type.name === 'ulong' ? value : bound.constant;
        return () => converted;
      }
    }
    const conversion = implicit(bound.type, type);
    if (!conversion)
      return this.#fail(node, 'type', `Cannot implicitly convert type '${bound.type.key}' to '${type.key}'.`);
    const { run } = bound;
    const { convert } = conversion;
    return conversion.cost === 0 ? run : (r) => convert(run(r));
  }

  expression(node: Node): Bound {
    const field = (name: string): Node =>
      node.childForFieldName(name) ??
      this.#fail(node, 'syntax', `The ${node.type.replaceAll('_', ' ')} is not complete.`);
    switch (node.type) {
      case 'parenthesized_expression':
        return this.expression(named(node)[0] ?? node);
      case 'integer_literal':
        return this.#integer(node);
      case 'real_literal':
        return this.#real(node);
      case 'boolean_literal':
        return constant(T.bool, node.text === 'true');
      case 'null_literal':
        return { type: T.null, run: () => null };
      case 'string_literal':
        return constant(
          T.string,
          unescapeText(node.text.slice(1, -1), () => this.#fail(node, 'syntax', 'Unrecognized escape sequence.')),
        );
      case 'verbatim_string_literal':
        return constant(T.string, node.text.slice(2, -1).replaceAll('""', '"'));
      case 'character_literal': {
        const text = unescapeText(node.text.slice(1, -1), () =>
          this.#fail(node, 'syntax', 'Unrecognized escape sequence.'),
        );
        return text.length === 1
          ? constant(T.char, text.charCodeAt(0))
          : this.#fail(node, 'syntax', 'A character literal holds one character.');
      }
      case 'interpolated_string_expression':
        return this.#interpolated(node);
      case 'identifier':
        return this.#identifier(node);
      case 'member_access_expression':
        return this.#memberAccess(node);
      case 'invocation_expression':
        return this.#invocation(node);
      case 'element_access_expression': {
        const target = this.expression(field('expression'));
        return this.#index(node, target, field('subscript'));
      }
      case 'conditional_access_expression':
        return this.#conditionalAccess(node);
      case 'cast_expression': {
        const type = this.type(field('type'));
        const value = this.expression(field('value'));
        if (value.type.name === 'null' && !implicit(value.type, type))
          this.#fail(node, 'type', `Cannot convert null to '${type.key}'.`);
        const convert =
          explicit(value.type, type, this.#isChecked) ??
          this.#fail(node, 'type', `Cannot convert type '${value.type.key}' to '${type.key}'.`);
        const { run } = value;
        return { type, run: (r) => convert(run(r)) };
      }
      case 'as_expression': {
        const type = this.type(field('right'));
        const value = this.expression(field('left'));
        if (isValueType(type) && type.name !== '?') this.#fail(node, 'type', "'as' needs a reference type.");
        if (
          !explicit(value.type, type, false) ||
          (isSubtype(value.type, T.token) && !isSubtype(type, T.token) && !same(type, T.object))
        )
          this.#fail(node, 'type', `Cannot convert type '${value.type.key}' to '${type.key}'.`);
        return {
          type,
          run: (r) => {
            const v = value.run(r);
            return instanceOf(box(value.type, v), type) ? v : null;
          },
        };
      }
      case 'is_expression': {
        const value = this.expression(field('left'));
        const type = this.type(field('right'));
        return { type: T.bool, run: (r) => instanceOf(box(value.type, value.run(r)), type) };
      }
      case 'is_pattern_expression': {
        const value = this.expression(field('expression'));
        return { type: T.bool, run: this.#pattern(field('pattern'), value) };
      }
      case 'binary_expression':
        return this.#binary(node);
      case 'prefix_unary_expression':
      case 'postfix_unary_expression':
        return this.#unary(node);
      case 'conditional_expression': {
        const condition = this.#as(field('condition'), T.bool);
        const yes = this.expression(field('consequence'));
        const no = this.expression(field('alternative'));
        const type =
          implicit(no.type, yes.type) && !same(yes.type, T.null)
            ? yes.type
            : implicit(yes.type, no.type) && !same(no.type, T.null)
              ? no.type
              : this.#fail(
                  node,
                  'type',
                  `The branches of ?: have the types '${yes.type.key}' and '${no.type.key}', and neither converts to the other.`,
                );
        const [a, b] = [this.#convert(node, yes, type), this.#convert(node, no, type)];
        return { type, run: (r) => (condition(r) ? a(r) : b(r)) };
      }
      case 'assignment_expression':
        return this.#assignment(node);
      case 'object_creation_expression':
        return this.#creation(node);
      case 'array_creation_expression':
      case 'implicit_array_creation_expression':
        return this.#array(node);
      case 'default_expression': {
        const type = this.type(named(node)[0] ?? this.#unsupported(node, 'default'));
        if (isValueType(type) && defaultOf(type) === null && type.name !== '?')
          this.#unsupported(node, `default(${type.key})`);
        return { type, run: () => defaultOf(type) };
      }
      case 'checked_expression': {
        const before = this.#isChecked;
        this.#isChecked = node.child(0)?.type === 'checked';
        const bound = this.expression(named(node)[0] ?? node);
        this.#isChecked = before;
        return bound;
      }
      default:
        if (node.isError || node.isMissing) this.#fail(node, 'syntax', 'The C# is not complete here.');
        return this.#unsupported(node, node.type.replaceAll('_', ' '));
    }
  }

  #integer(node: Node): Bound {
    const text = node.text.replaceAll('_', '').toLowerCase();
    const digits = text.replace(/(ul|lu|u|l)$/, '');
    const suffix = text.slice(digits.length);
    const value = BigInt(digits);
    const candidates =
      suffix === ''
        ? ['int', 'uint', 'long', 'ulong']
        : suffix === 'l'
          ? ['long', 'ulong']
          : suffix === 'u'
            ? ['uint', 'ulong']
            : ['ulong'];
    const name =
      candidates.find((candidate) => value <= (integers[candidate]?.max ?? 0n)) ??
      this.#fail(node, 'type', 'The number is too large.');
    return constant(typeOf(name), name === 'long' || name === 'ulong' ? value : Number(value));
  }
  #real(node: Node): Bound {
    const text = node.text.replaceAll('_', '').toLowerCase();
    if (text.endsWith('m')) return constant(T.decimal, parseDecimal(text.slice(0, -1)));
    if (text.endsWith('f')) return constant(typeOf('float'), Math.fround(Number(text.slice(0, -1))));
    return constant(T.double, Number(text.replace(/d$/, '')));
  }
  #interpolated(node: Node): Bound {
    const isVerbatim = /^(\$@|@\$)/.test(node.text);
    const parts = named(node).flatMap((child): ((r: Runtime) => string)[] => {
      if (child.type === 'interpolation') {
        const inner =
          named(child).find((part) => !part.type.startsWith('interpolation_')) ??
          this.#fail(child, 'syntax', 'An expression was expected.');
        const bound = this.expression(inner);
        const format =
          named(child)
            .find((part) => part.type === 'interpolation_format_clause')
            ?.text.slice(1) ?? '';
        const alignment =
          named(child)
            .find((part) => part.type === 'interpolation_alignment_clause')
            ?.text.slice(1) ?? '0';
        return [(r) => align(formatted(bound.type, bound.run(r), format), Number(alignment))];
      }
      if (child.type === 'interpolation_start' || child.type === 'interpolation_quote') return [];
      const raw = child.text.replaceAll('{{', '{').replaceAll('}}', '}');
      const text = isVerbatim
        ? raw.replaceAll('""', '"')
        : unescapeText(raw, () => this.#fail(child, 'syntax', 'Unrecognized escape sequence.'));
      return [() => text];
    });
    return {
      type: T.string,
      run: (r) => {
        let text = '';
        for (const part of parts) text += part(r);
        r.charge(text.length);
        return text;
      },
    };
  }
  #local(name: string): Local | undefined {
    for (const scope of this.#scopes.toReversed()) {
      const local = scope.get(name);
      if (local) return local;
    }
    return undefined;
  }
  #identifier(node: Node): Bound {
    const local = this.#local(node.text);
    if (local) {
      const { slot, type } = local;
      if (type.name === '?error')
        this.#fail(node, 'type', `The type of '${node.text}' is not known because of the mistake above.`);
      return {
        type,
        run: (r) => r.slots[slot],
        assign: (r, value) => {
          r.slots[slot] = value;
        },
      };
    }
    if (node.text === 'context') return { type: typeOf('IProxyRequestContext'), run: (r) => r.context };
    return this.#fail(node, 'unknownName', `The name '${node.text}' does not exist in the current context.`, node.text);
  }
  #pattern(node: Node, value: Bound): (r: Runtime) => boolean {
    if (node.type === 'constant_pattern') {
      const inner = named(node)[0] ?? node;
      const type = this.#tryType(inner);
      if (type && !this.#local(inner.text)) return (r) => instanceOf(box(value.type, value.run(r)), type);
      const constantBound = this.expression(inner);
      if (same(constantBound.type, T.null)) return (r) => value.run(r) === null;
      const a = value.type.name === 'object' ? T.object : value.type;
      const test = same(a, T.object)
        ? { run: (x: V, y: V) => x === box(constantBound.type, y) }
        : (equality(value.type, constantBound.type) ??
          this.#fail(node, 'type', `A ${value.type.key} is never a ${constantBound.type.key}.`));
      return (r) => test.run(value.run(r), constantBound.run(r));
    }
    if (node.type === 'declaration_pattern' || node.type === 'type_pattern') {
      const typeNode = node.childForFieldName('type') ?? named(node)[0] ?? node;
      const type = typeNode.type === 'implicit_type' ? value.type : this.type(typeNode);
      const nameNode = node.childForFieldName('name');
      // A pattern's variable lives in the block around the statement.
      const local = nameNode ? this.#declareOutside(nameNode, type) : undefined;
      const convert =
        explicit(value.type, type, false) ??
        this.#fail(node, 'type', `Cannot convert ${value.type.key} to ${type.key}.`);
      return (r) => {
        const v = value.run(r);
        if (!instanceOf(box(value.type, v), type)) return false;
        if (local) r.slots[local.slot] = convert(v);
        return true;
      };
    }
    return this.#unsupported(node, node.type.replaceAll('_', ' '));
  }
  #declareOutside(node: Node, type: Type): Local {
    return this.#declare(node, node.text, type);
  }

  #binary(node: Node): Bound {
    const operator = node.childForFieldName('operator')?.type ?? '';
    const leftNode = node.childForFieldName('left') ?? node;
    const rightNode = node.childForFieldName('right') ?? node;
    const left = this.expression(leftNode);
    const right = this.expression(rightNode);
    if (operator === '&&' || operator === '||') {
      const a = this.#convert(leftNode, left, T.bool);
      const b = this.#convert(rightNode, right, T.bool);
      return { type: T.bool, run: operator === '&&' ? (r) => a(r) && b(r) : (r) => a(r) || b(r) };
    }
    if (operator === '??') {
      if (isValueType(left.type) && left.type.name !== '?')
        this.#fail(
          node,
          'type',
          `Operator '??' cannot be applied to operands of type '${left.type.key}' and '${right.type.key}'.`,
        );
      const inner = left.type.name === '?' ? (left.type.args[0] ?? left.type) : left.type;
      const type =
        implicit(right.type, inner) && !same(inner, T.null)
          ? inner
          : implicit(right.type, left.type)
            ? left.type
            : implicit(left.type, right.type)
              ? right.type
              : this.#fail(
                  node,
                  'type',
                  `Operator '??' cannot be applied to operands of type '${left.type.key}' and '${right.type.key}'.`,
                );
      const a = left.type.name === '?' && same(type, inner) ? left.run : this.#convert(leftNode, left, type);
      const b = this.#convert(rightNode, right, type);
      const raw = left.run;
      const isPlain = a === raw;
      return {
        type,
        run: (r) => {
          const value = raw(r);
          return value === null ? b(r) : isPlain ? value : (implicit(left.type, type)?.convert(value) ?? value);
        },
      };
    }
    return this.#operate(node, operator, left, right);
  }
  #operate(node: Node, operator: string, left: Bound, right: Bound): Bound {
    const [a, b] = [left.run, right.run];
    if (
      operator === '+' &&
      (same(left.type, T.string) || same(right.type, T.string)) &&
      left.type.name !== 'void' &&
      right.type.name !== 'void'
    ) {
      const [x, y] = [left.type, right.type];
      return {
        type: T.string,
        run: (r) => {
          const text = textOf(x, a(r)) + textOf(y, b(r));
          r.charge(text.length);
          return text;
        },
      };
    }
    if (operator === '==' || operator === '!=') {
      const test = equality(left.type, right.type);
      if (test)
        return { type: T.bool, run: operator === '==' ? (r) => test.run(a(r), b(r)) : (r) => !test.run(a(r), b(r)) };
    } else if (['<', '>', '<=', '>='].includes(operator)) {
      const test = compareOperator(operator, left.type, right.type);
      if (test) return { type: T.bool, run: (r) => test(a(r), b(r)) };
    } else {
      const compute = arithmetic(operator, left.type, right.type, this.#isChecked);
      if (compute) return { type: compute.type, run: (r) => compute.run(a(r), b(r)) };
    }
    return this.#fail(
      node,
      'type',
      `Operator '${operator}' cannot be applied to operands of type '${left.type.key}' and '${right.type.key}'.`,
      operator,
    );
  }
  #unary(node: Node): Bound {
    const operandNode = named(node)[0] ?? node;
    const operator = children(node).find((child) => !child.isNamed)?.type ?? '';
    const operand = this.expression(operandNode);
    const { type, run } = operand;
    if (operator === '!') {
      if (node.type === 'postfix_unary_expression') this.#fail(node, 'syntax', 'The C# is not complete here.');
      const value = this.#convert(operandNode, operand, T.bool);
      return { type: T.bool, run: (r) => !value(r) };
    }
    if (operator === '++' || operator === '--') {
      const { assign } = operand;
      if (!assign || !isNumeric(type))
        return this.#fail(node, 'type', `Operator '${operator}' needs a variable of a number.`, operator);
      const compute = arithmetic(operator === '++' ? '+' : '-', type, T.int, this.#isChecked);
      if (!compute) return this.#fail(node, 'type', `Operator '${operator}' cannot be applied to ${type.key}.`);
      const back = explicit(compute.type, type, this.#isChecked) ?? ((v: V) => v);
      const isPrefix = node.type === 'prefix_unary_expression';
      return {
        type,
        run: (r) => {
          const old = run(r);
          const next = back(compute.run(old, 1));
          assign(r, next);
          return isPrefix ? next : old;
        },
      };
    }
    if ((operator === '-' || operator === '+') && isNumeric(type)) {
      if (operator === '-' && operandNode.text === '2147483648') return constant(T.int, -2147483648);
      if (operator === '-' && operandNode.text === '9223372036854775808')
        return constant(T.long, -9223372036854775808n);
      const zero = type.name === 'double' || type.name === 'float' ? -0 : 0;
      if (type.name === 'double' || type.name === 'float')
        return {
          type,
          run: operator === '-' ? (r) => -run(r) : run,
          ...(operand.constant === undefined ? {} : { constant: -operand.constant }),
        };
      if (type.name === 'ulong' && operator === '-')
        this.#fail(node, 'type', "Operator '-' cannot be applied to ulong.");
      const compute = arithmetic(operator, T.int, type, this.#isChecked);
      if (compute) {
        if (typeof operand.constant === 'number' && same(type, T.int))
          return constant(T.int, operator === '-' ? -operand.constant : operand.constant);
        return { type: compute.type, run: (r) => compute.run(zero, run(r)) };
      }
    }
    if (operator === '~' && same(type, T.int)) return { type, run: (r) => ~run(r) };
    return this.#fail(
      node,
      'type',
      `Operator '${operator}' cannot be applied to an operand of type '${type.key}'.`,
      operator,
    );
  }
  #assignment(node: Node): Bound {
    const leftNode = node.childForFieldName('left') ?? node;
    const rightNode = node.childForFieldName('right') ?? node;
    const operator = node.childForFieldName('operator')?.text ?? '=';
    const target = this.expression(leftNode);
    const { assign, type } = target;
    if (!assign)
      return this.#fail(
        leftNode,
        'type',
        'The left side of an assignment must be a variable or an element that can be changed.',
      );
    let value: (r: Runtime) => V;
    if (operator === '=') value = this.#as(rightNode, type);
    else if (operator === '??=') return this.#unsupported(node, '??=');
    else {
      const right = this.expression(rightNode);
      const computed = this.#operate(node, operator.slice(0, -1), target, right);
      const back =
        explicit(computed.type, type, this.#isChecked) ??
        this.#fail(node, 'type', `Cannot convert ${computed.type.key} to ${type.key}.`);
      value = (r) => back(computed.run(r));
    }
    return {
      type,
      run: (r) => {
        const v = value(r);
        assign(r, v);
        return v;
      },
    };
  }

  // ── members ─────────────────────────────────────────────────────────────────────────────────────────────────────
  #find(type: Type, name: string): { member: Member; binding: Map<string, Type> }[] {
    const found: { member: Member; binding: Map<string, Type> }[] = [];
    const seen = new Set<string>();
    const visit = (current: Type) => {
      if (seen.has(current.key)) return;
      seen.add(current.key);
      const table = tableOf(current.name);
      const binding = new Map(table?.generics.map((letter, index) => [letter, current.args[index] ?? T.object]) ?? []);
      for (const member of table?.members.get(name) ?? []) found.push({ member, binding });
      baseTypes(current).forEach(visit);
    };
    visit(type);
    return found;
  }
  #unknownMember(node: Node, type: Type, name: string): never {
    return this.#fail(
      node,
      'unknownMember',
      `'${type.key}' has no member '${name}' that expressions may use here.`,
      name,
    );
  }
  #note(type: Type, name: string, target: Node): void {
    if (name !== 'Body') return;
    const isRequest = type.name === 'IRequest';
    this.needs.requestBody ||= isRequest;
    this.needs.responseBody ||= type.name === 'IResponse' && /\bcontext\s*\.\s*Response\b|^[\w]+$/.test(target.text);
  }
  #memberAccess(node: Node): Bound {
    const targetNode = node.childForFieldName('expression') ?? node;
    const nameNode = node.childForFieldName('name') ?? node;
    const name = nameNode.text;
    const staticType = this.#staticTarget(targetNode);
    if (staticType) {
      const value = enumTypes[staticType.name]?.[name];
      if (value !== undefined) return constant(staticType, value);
      const member = tableOf(staticType.name)
        ?.statics.get(name)
        ?.find(({ kind }) => kind === 'property');
      if (!member) return this.#unknownMember(nameNode, staticType, name);
      return { type: member.result, run: (r) => member.run(null, [], r, noTypes) };
    }
    return this.#property(nameNode, this.expression(targetNode), name, targetNode);
  }
  #staticTarget(node: Node): Type | undefined {
    if (node.type === 'predefined_type') return this.type(node);
    const root = /^[A-Za-z_]\w*/.exec(node.text)?.[0] ?? '';
    if (this.#local(root) || root === 'context') return undefined;
    return this.#tryType(node);
  }
  #property(node: Node, target: Bound, name: string, targetNode: Node): Bound {
    this.#note(target.type, name, targetNode);
    const { run } = target;
    if (target.type.name === '?') {
      const inner = target.type.args[0] ?? target.type;
      if (name === 'HasValue') return { type: T.bool, run: (r) => run(r) !== null };
      if (name === 'Value')
        return {
          type: inner,
          run: (r) => run(r) ?? raise('InvalidOperationException', 'Nullable object must have a value.'),
        };
      return this.#unknownMember(node, target.type, name);
    }
    if (target.type.name === 'anonymous' || target.type.name.startsWith('{'))
      return this.#unsupported(node, 'A member of an anonymous type');
    const found = this.#find(target.type, name).find(({ member }) => member.kind === 'property');
    if (!found) return this.#unknownMember(node, target.type, name);
    const { member, binding } = found;
    return { type: substitute(member.result, binding), run: (r) => member.run(notNull(run(r)), [], r, binding) };
  }
  #index(node: Node, target: Bound, list: Node): Bound {
    const candidates = this.#find(target.type, 'this');
    if (same(target.type, T.string)) {
      const [argument] = this.#arguments(list);
      const index = this.#convert(list, argument?.bound ?? this.#fail(list, 'syntax', 'An index was expected.'), T.int);
      return {
        type: T.char,
        run: (r) => {
          const text = notNull(target.run(r));
          const i = index(r);
          return i >= 0 && i < text.length
            ? text.charCodeAt(i)
            : raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.');
        },
      };
    }
    if (candidates.length === 0)
      return this.#fail(node, 'type', `Cannot apply indexing with [] to an expression of type '${target.type.key}'.`);
    const call = this.#resolve(node, candidates, target, this.#arguments(list), 'this', []);
    const setter = this.#find(target.type, 'set_Item');
    return { ...call, ...this.#setter(target, list, call.type, setter.length > 0) };
  }
  #setter(target: Bound, list: Node, type: Type, isSettable: boolean): { assign?: (r: Runtime, value: V) => void } {
    const [argument] = this.#arguments(list);
    if (!argument || !(isSettable || ['[]', 'List', 'IList', 'Dictionary', 'JObject'].includes(target.type.name)))
      return {};
    const setters = tableOf('setter')?.statics.get(
      target.type.name === 'List' || target.type.name === 'IList'
        ? 'list'
        : target.type.name === '[]'
          ? 'array'
          : target.type.name,
    );
    const setter = setters?.[0];
    if (!setter) return {};
    void type;
    const key = argument.bound;
    if (!key) return {};
    return { assign: (r, value) => void setter.run(notNull(target.run(r)), [key.run(r), value], r, noTypes) };
  }
  #conditionalAccess(node: Node): Bound {
    const condition = node.childForFieldName('condition') ?? named(node)[0] ?? node;
    const target = this.expression(condition);
    const slot = this.#slots++;
    const inner = target.type.name === '?' ? (target.type.args[0] ?? target.type) : target.type;
    if (isValueType(target.type) && target.type.name !== '?')
      this.#fail(node, 'type', `Operator '?' cannot be applied to operand of type '${target.type.key}'.`);
    const before = this.#receiver;
    this.#receiver = { bound: { type: inner, run: (r) => r.slots[slot] }, node: condition };
    const rest =
      named(node)
        .filter((child) => child.startIndex >= condition.endIndex)
        .at(-1) ?? node;
    const bound = this.expressionOfBinding(rest);
    this.#receiver = before;
    const type =
      bound.type.name === 'void' || !isValueType(bound.type) || bound.type.name === '?'
        ? bound.type
        : typeOf('?', [bound.type]);
    return {
      type,
      run: (r) => {
        const value = target.run(r);
        if (value === null) return null;
        r.slots[slot] = value;
        return bound.run(r);
      },
    };
  }
  #receiver: { bound: Bound; node: Node } | undefined;
  /** What stands behind `?.`: a chain whose first link has no target of its own. */
  expressionOfBinding(node: Node): Bound {
    const receiver = this.#receiver ?? this.#fail(node, 'syntax', 'A target was expected.');
    if (node.type === 'member_binding_expression') {
      const name = node.childForFieldName('name') ?? node;
      return this.#property(name, receiver.bound, name.text, receiver.node);
    }
    if (node.type === 'element_binding_expression') return this.#index(node, receiver.bound, node);
    return this.#unsupported(node, `?. before ${node.type.replaceAll('_', ' ')}`);
  }

  #arguments(list: Node): Argument[] {
    return children(list)
      .filter((child) => child.type === 'argument')
      .map((argument): Argument => {
        const name = argument.childForFieldName('name')?.text ?? '';
        const value =
          named(argument)
            .filter((child) => child.startIndex !== argument.childForFieldName('name')?.startIndex)
            .at(-1) ?? argument;
        const isOut = children(argument).some((child) => child.type === 'out');
        if (isOut && value.type === 'declaration_expression')
          return { node: argument, name, isOut, outDeclaration: value };
        if (value.type === 'lambda_expression') return { node: value, name, isOut, lambda: value };
        return { node: value, name, isOut, bound: this.expression(value) };
      });
  }
  #invocation(node: Node): Bound {
    const functionNode = node.childForFieldName('function') ?? node;
    const list = node.childForFieldName('arguments') ?? node;
    if (functionNode.type === 'conditional_access_expression') {
      // The grammar puts the call around `a?.b`: the call belongs to the chain behind `?.`.
      const condition = functionNode.childForFieldName('condition') ?? functionNode;
      const target = this.expression(condition);
      const slot = this.#slots++;
      const binding = named(functionNode).at(-1) ?? functionNode;
      if (binding.type !== 'member_binding_expression') return this.#unsupported(node, 'This call behind ?.');
      const inner = target.type.name === '?' ? (target.type.args[0] ?? target.type) : target.type;
      const bound = this.#call(
        node,
        { type: inner, run: (r) => r.slots[slot] },
        binding.childForFieldName('name') ?? binding,
        list,
      );
      const type =
        bound.type.name === 'void' || !isValueType(bound.type) || bound.type.name === '?'
          ? bound.type
          : typeOf('?', [bound.type]);
      return {
        type,
        run: (r) => {
          const value = target.run(r);
          if (value === null) return null;
          r.slots[slot] = value;
          return bound.run(r);
        },
      };
    }
    if (functionNode.type === 'member_binding_expression') {
      const receiver = this.#receiver ?? this.#fail(node, 'syntax', 'A target was expected.');
      return this.#call(node, receiver.bound, functionNode.childForFieldName('name') ?? functionNode, list);
    }
    if (functionNode.type !== 'member_access_expression') {
      return this.#fail(
        functionNode,
        'unknownName',
        `The name '${functionNode.text.slice(0, 60)}' does not exist in the current context.`,
        functionNode.text.slice(0, 60),
      );
    }
    const targetNode = functionNode.childForFieldName('expression') ?? functionNode;
    const nameNode = functionNode.childForFieldName('name') ?? functionNode;
    const staticType = this.#staticTarget(targetNode);
    if (!staticType) return this.#call(node, this.expression(targetNode), nameNode, list);
    const { name, types } = this.#methodName(nameNode);
    const candidates = (tableOf(staticType.name)?.statics.get(name) ?? [])
      .filter(({ kind }) => kind === 'method')
      .map((member) => ({ member, binding: new Map<string, Type>() }));
    if (candidates.length === 0) return this.#unknownMember(nameNode, staticType, name);
    return this.#resolve(node, candidates, undefined, this.#arguments(list), name, types);
  }
  #methodName(node: Node): { name: string; types: Type[] } {
    if (node.type !== 'generic_name') return { name: node.text, types: [] };
    const list = named(node).find((child) => child.type === 'type_argument_list');
    return { name: node.child(0)?.text ?? '', types: list ? named(list).map((child) => this.type(child)) : [] };
  }
  #call(node: Node, target: Bound, nameNode: Node, list: Node): Bound {
    const { name, types } = this.#methodName(nameNode);
    this.#note(target.type, name === 'As' || name === 'AsFormUrlEncodedContent' ? 'As' : name, nameNode);
    const args = this.#arguments(list);
    const universal = this.#universal(node, target, name, args);
    if (universal) return universal;
    const candidates = this.#find(target.type, name).filter(({ member }) => member.kind === 'method');
    if (candidates.length === 0) return this.#unknownMember(nameNode, target.type, name);
    return this.#resolve(node, candidates, target, args, name, types);
  }
  /** ToString, Equals, GetHashCode: members of every object. */
  #universal(node: Node, target: Bound, name: string, args: Argument[]): Bound | undefined {
    const { type, run } = target;
    const nullable = type.name === '?';
    if (name === 'ToString' && args.length === 0) {
      return {
        type: T.string,
        run: (r) => {
          const text = textOf(type, nullable ? run(r) : notNull(run(r)));
          r.charge(text.length);
          return text;
        },
      };
    }
    const format = args[0]?.bound;
    if (
      name === 'ToString' &&
      args.length === 1 &&
      format &&
      same(format.type, T.string) &&
      (isNumeric(type) || ['DateTime', 'TimeSpan', 'Guid'].includes(type.name))
    ) {
      return { type: T.string, run: (r) => formatted(type, run(r), format.run(r) ?? '') };
    }
    if (name === 'Equals' && args.length === 1 && format && !same(type, T.string)) {
      const test = same(type, format.type) && !same(type, T.object) ? equality(type, format.type) : undefined;
      if (test && isValueType(type)) return { type: T.bool, run: (r) => test.run(notNull(run(r)), format.run(r)) };
    }
    void node;
    return undefined;
  }

  #resolve(
    node: Node,
    candidates: readonly { member: Member; binding: Map<string, Type> }[],
    target: Bound | undefined,
    args: Argument[],
    name: string,
    types: readonly Type[],
  ): Bound {
    let best: { cost: number; bound: Bound } | undefined;
    let problem: Mistake | undefined;
    for (const { member, binding } of candidates) {
      try {
        const attempt = this.#try1(node, member, new Map(binding), target, args, types);
        if (attempt && (!best || attempt.cost < best.cost)) best = attempt;
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        problem = error;
      }
    }
    if (best) return best.bound;
    if (problem) throw problem;
    const given = args.map(({ bound, lambda }) => bound?.type.key ?? (lambda ? 'lambda' : 'out')).join(', ');
    return this.#fail(node, 'type', `No overload of '${name}' takes (${given}).`, name);
  }
  #try1(
    node: Node,
    member: Member,
    binding: Map<string, Type>,
    target: Bound | undefined,
    args: Argument[],
    types: readonly Type[],
  ): { cost: number; bound: Bound } | undefined {
    if (types.length > 0 && types.length !== member.generics.length) return undefined;
    member.generics.forEach((letter, index) => {
      const type = types[index];
      if (type) binding.set(letter, type);
    });
    const last = member.parameters.at(-1);
    const isExpanded =
      last?.isParams === true &&
      !(
        args.length === member.parameters.length &&
        args.at(-1)?.bound &&
        implicit(args.at(-1)?.bound?.type ?? T.void, substitute(last.type, binding)) &&
        !same(args.at(-1)?.bound?.type ?? T.null, T.null)
      );
    if (isExpanded ? args.length < member.parameters.length - 1 : args.length !== member.parameters.length)
      return undefined;
    let cost = isExpanded ? 5 : 0;
    const parameterOf = (index: number): Parameter | undefined =>
      isExpanded && last && index >= member.parameters.length - 1
        ? { ...last, type: last.type.args[0] ?? T.object }
        : member.parameters[index];
    const runs: ((r: Runtime) => V)[] = [];
    for (const [index, argument] of args.entries()) {
      const parameter = parameterOf(index);
      if (
        !parameter ||
        parameter.isOut !== argument.isOut ||
        (argument.name !== '' && argument.name !== parameter.name)
      )
        return undefined;
      if (argument.isOut) {
        const type = substitute(parameter.type, binding);
        const outTarget = argument.outDeclaration ? this.#outVariable(argument.outDeclaration, type) : argument.bound;
        const assign = outTarget?.assign;
        if (!assign || !same(outTarget.type, type)) return undefined;
        runs.push((r) => (value: V) => assign(r, value));
        continue;
      }
      if (argument.lambda) {
        const converted = this.#lambdaTo(argument.lambda, parameter.type, binding);
        if (!converted) return undefined;
        runs.push(converted);
        continue;
      }
      const { bound } = argument;
      if (!bound) return undefined;
      infer(parameter.type, bound.type, binding, member.generics, (type) => this.#elementType(type));
      const wanted = substitute(parameter.type, binding);
      const constantFits =
        typeof bound.constant === 'number' &&
        same(bound.type, T.int) &&
        ['byte', 'sbyte', 'short', 'ushort', 'uint', 'ulong'].includes(wanted.name) &&
        bound.constant >= 0 &&
        bound.constant < 128;
      const conversion = implicit(bound.type, wanted);
      if (!conversion && !constantFits) return undefined;
      cost += conversion?.cost ?? 2;
      const { run } = bound;
      const convert = conversion?.convert ?? ((v: V) => (wanted.name === 'ulong' ? BigInt(v) : v));
      runs.push(conversion?.cost === 0 ? run : (r) => convert(run(r)));
    }
    if (member.generics.some((letter) => !binding.has(letter))) return undefined;
    const type = substitute(member.result, binding);
    const fixedCount = isExpanded ? member.parameters.length - 1 : runs.length;
    const element = last?.type.args[0] ?? T.object;
    const targetRun = target?.run;
    const isExtension = member.kind === 'method' && target !== undefined && isNullTolerant(member.name);
    void node;
    return {
      cost,
      bound: {
        type,
        run: (r) => {
          r.step();
          let self: V = null;
          if (targetRun) {
            self = targetRun(r);
            if (self === null && !isExtension) notNull(self);
          }
          const values = runs.slice(0, fixedCount).map((run) => run(r));
          if (isExpanded)
            values.push(
              new Items(
                typeOf('[]', [element]),
                runs.slice(fixedCount).map((run) => run(r)),
              ),
            );
          const result = member.run(self, values, r, binding);
          if (typeof result === 'string') r.charge(result.length);
          else if (result instanceof Items) r.charge(result.items.length);
          return result;
        },
      },
    };
  }
  #outVariable(node: Node, type: Type): Bound {
    const nameNode = node.childForFieldName('name') ?? node;
    const typeNode = node.childForFieldName('type');
    const declared = !typeNode || typeNode.type === 'implicit_type' ? type : this.type(typeNode);
    const existing = this.#scopes.at(-1)?.get(nameNode.text);
    const { slot } = existing ?? this.#declare(nameNode, nameNode.text, declared);
    return {
      type: declared,
      run: (r) => r.slots[slot],
      assign: (r, value) => {
        r.slots[slot] = value;
      },
    };
  }
  /** A lambda as the delegate that a parameter wants; its result may fix a letter of the signature. */
  #lambdaTo(node: Node, wanted: Type, binding: Map<string, Type>): ((r: Runtime) => V) | undefined {
    if (wanted.name !== 'Func') return undefined;
    const parametersNode = node.childForFieldName('parameters') ?? node;
    const names =
      parametersNode.type === 'parameter_list'
        ? named(parametersNode).map((parameter) => parameter.childForFieldName('name')?.text ?? parameter.text)
        : [parametersNode.text];
    if (names.length !== wanted.args.length - 1) return undefined;
    this.#scopes.push(new Map());
    const slots = names.map(
      (name, index) => this.#declare(parametersNode, name, substitute(wanted.args[index] ?? T.object, binding)).slot,
    );
    let body: Bound;
    try {
      const bodyNode = node.childForFieldName('body') ?? node;
      body = bodyNode.type === 'block' ? this.body(bodyNode) : this.expression(bodyNode);
    } finally {
      this.#scopes.pop();
    }
    const result = wanted.args.at(-1) ?? T.object;
    if (result.args.length === 0 && /^[A-Z]$/.test(result.name) && !binding.has(result.name)) {
      if (body.type.name === 'void' || same(body.type, T.null)) return undefined;
      binding.set(result.name, body.type);
    } else if (result.args.length > 0) infer(result, body.type, binding, ['R', 'K'], (type) => this.#elementType(type));
    const conversion = implicit(body.type, substitute(result, binding));
    if (!conversion) return undefined;
    return (r) =>
      (...values: V[]) => {
        r.step();
        const outer = r.returned;
        slots.forEach((slot, index) => {
          r.slots[slot] = values[index];
        });
        const value = conversion.convert(body.run(r));
        r.returned = outer;
        return value;
      };
  }

  // ── creation ────────────────────────────────────────────────────────────────────────────────────────────────────
  #creation(node: Node): Bound {
    const typeNode = node.childForFieldName('type') ?? this.#unsupported(node, 'This new');
    const type = this.type(typeNode);
    const table = tableOf(type.name);
    const binding = new Map(table?.generics.map((letter, index) => [letter, type.args[index] ?? T.object]) ?? []);
    const constructors = (table?.members.get('new') ?? []).map((member) => ({ member, binding }));
    if (constructors.length === 0)
      this.#fail(
        typeNode,
        'unknownMember',
        `'${type.key}' has no constructor that expressions may use here.`,
        type.key,
      );
    const list = node.childForFieldName('arguments');
    const made = this.#resolve(node, constructors, undefined, list ? this.#arguments(list) : [], type.key, []);
    const initializer = node.childForFieldName('initializer');
    if (!initializer) return { type, run: made.run };
    const slot = this.#slots++;
    const target: Bound = { type, run: (r) => r.slots[slot] };
    const adds = named(initializer)
      .filter((child) => child.type !== 'comment')
      .map((entry): ((r: Runtime) => void) => {
        if (entry.type === 'assignment_expression') {
          const left = entry.childForFieldName('left') ?? entry;
          if (left.type !== 'element_binding_expression')
            return this.#unsupported(entry, `An initialiser of '${left.text}'`);
          const indexed = this.#index(entry, target, left);
          const { assign } = indexed;
          const value = this.#as(entry.childForFieldName('right') ?? entry, indexed.type);
          return assign ? (r) => assign(r, value(r)) : this.#fail(entry, 'type', 'This element cannot be set.');
        }
        const values = entry.type === 'initializer_expression' ? named(entry) : [entry];
        const args = values.map(
          (value): Argument => ({ node: value, name: '', isOut: false, bound: this.expression(value) }),
        );
        return this.#resolve(
          entry,
          this.#find(type, 'Add').filter(({ member }) => member.kind === 'method'),
          target,
          args,
          'Add',
          [],
        ).run;
      });
    return {
      type,
      run: (r) => {
        const value = made.run(r);
        for (const add of adds) {
          r.slots[slot] = value;
          add(r);
        }
        return value;
      },
    };
  }
  #array(node: Node): Bound {
    const initializer = named(node).find((child) => child.type === 'initializer_expression');
    const typeNode = node.childForFieldName('type');
    if (initializer) {
      const values = named(initializer)
        .filter((child) => child.type !== 'comment')
        .map((child) => ({ child, bound: this.expression(child) }));
      const element = typeNode
        ? (this.type(typeNode).args[0] ?? T.object)
        : (this.#commonElement(values.map(({ bound }) => bound.type)) ??
          this.#fail(node, 'type', 'No best type found for the array.'));
      const type = typeOf('[]', [element]);
      const runs = values.map(({ child, bound }) => this.#convert(child, bound, element));
      return {
        type,
        run: (r) => {
          r.charge(runs.length);
          return new Items(
            type,
            runs.map((run) => run(r)),
          );
        },
      };
    }
    if (!typeNode) return this.#unsupported(node, 'This array');
    const type = typeOf('[]', [this.type(typeNode.childForFieldName('type') ?? typeNode)]);
    const rank = typeNode.childForFieldName('rank');
    const size = this.#as(
      (rank && named(rank)[0]) || this.#fail(node, 'syntax', 'The size of the array was expected.'),
      T.int,
    );
    const element = type.args[0] ?? T.object;
    if (isValueType(element) && defaultOf(element) === null && element.name !== '?')
      this.#unsupported(node, `An empty array of ${element.key}`);
    return {
      type,
      run: (r) => {
        const count = size(r);
        if (count < 0) raise('OverflowException', 'Arithmetic operation resulted in an overflow.');
        r.charge(count);
        return new Items(type, new Array(count).fill(defaultOf(element)));
      },
    };
  }
  #commonElement(types: readonly Type[]): Type | undefined {
    return types.find((candidate) => !same(candidate, T.null) && types.every((type) => implicit(type, candidate)));
  }
}

interface Argument {
  readonly node: Node;
  readonly name: string;
  readonly isOut: boolean;
  readonly bound?: Bound;
  readonly lambda?: Node;
  readonly outDeclaration?: Node;
}

const noTypes: ReadonlyMap<string, Type> = new Map();
const constant = (type: Type, value: V): Bound => ({ type, run: () => value, constant: value });
const children = (node: Node): Node[] => node.children.filter((child): child is Node => child !== null);
const named = (node: Node): Node[] =>
  node.namedChildren.filter((child): child is Node => child !== null && child.type !== 'comment');
const notNull = (value: V): V =>
  value === null || value === undefined
    ? raise('NullReferenceException', 'Object reference not set to an instance of an object.')
    : value;
/** Extension methods get null as their argument. */
const nullTolerant = new Set([
  'AsJwt',
  'AsBasic',
  'First',
  'FirstOrDefault',
  'Any',
  'Select',
  'Where',
  'ToList',
  'ToArray',
  'Count',
  'Last',
  'LastOrDefault',
]);
const isNullTolerant = (name: string): boolean => nullTolerant.has(name);

function infer(
  pattern: Type,
  actual: Type,
  binding: Map<string, Type>,
  letters: readonly string[],
  elementOf: (type: Type) => Type | undefined,
): void {
  if (pattern.args.length === 0) {
    if (
      letters.includes(pattern.name) &&
      !binding.has(pattern.name) &&
      actual.name !== 'null' &&
      actual.name !== 'void'
    )
      binding.set(pattern.name, actual);
    return;
  }
  if (pattern.name === 'IEnumerable') {
    const element = elementOf(actual);
    if (element && pattern.args[0]) infer(pattern.args[0], element, binding, letters, elementOf);
  } else if (pattern.name === actual.name)
    for (const [index, arg] of pattern.args.entries())
      infer(arg, actual.args[index] ?? T.object, binding, letters, elementOf);
}
function sequence(statements: readonly Statement[]): Statement {
  return (r) => {
    for (const statement of statements) {
      const signal = statement(r);
      if (signal !== undefined) return signal;
    }
    return undefined;
  };
}
function loop(condition: (r: Runtime) => V, body: Statement, update: (r: Runtime) => void): Statement {
  return (r) => {
    while (condition(r)) {
      r.step();
      const signal = body(r);
      if (signal === 'return') return signal;
      if (signal === 'break') break;
      update(r);
    }
    return undefined;
  };
}
const parents: Readonly<Record<string, string>> = {
  ArgumentNullException: 'ArgumentException',
  ArgumentOutOfRangeException: 'ArgumentException',
  DivideByZeroException: 'ArithmeticException',
  OverflowException: 'ArithmeticException',
  JsonReaderException: 'JsonException',
};
function isException(error: ExpressionError, wanted: string): boolean {
  let name: string | undefined = error.type.slice(error.type.lastIndexOf('.') + 1);
  while (name) {
    if (name === wanted) return true;
    name = parents[name];
  }
  return wanted === 'Exception';
}
const escapes: Readonly<Record<string, string>> = {
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
function unescapeText(text: string, fail: () => never): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,4})|([\s\S]))/g,
    (_whole, u, U, x, single) => {
      const hex = u ?? U ?? x;
      return hex === undefined ? (escapes[single] ?? fail()) : String.fromCodePoint(Number.parseInt(hex, 16));
    },
  );
}
