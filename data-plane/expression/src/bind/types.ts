import { tableOf } from '../member-table.ts';
import type { Expression, Span, TypeNode } from '../syntax/tree.ts';
import { enumTypes } from '../type/enums.ts';
import { aliases, isNamespace, namespaceOf } from '../type/full-name.ts';
import { arrayOf, isValueType, nullableOf, type Type, typeOf } from '../type/types.ts';
import type { Binder } from './binder.ts';

/** Delegates of any number of parameters. */
const delegates: Readonly<Record<string, readonly number[]>> = {
  Func: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  Action: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  Predicate: [1],
  Comparison: [1],
  Converter: [2],
  MatchEvaluator: [0],
};
const unknown = (b: Binder, node: Span, name: string): never =>
  b.fail(node, 'unknownType', `The type '${name}' is not among those that expressions may use here.`, name);

export function bindType(b: Binder, node: TypeNode): Type {
  switch (node.kind) {
    case 'predefinedType':
      return node.name === 'void' ? b.fail(node, 'type', "'void' cannot be used here.") : typeOf(node.name);
    case 'nullableType': {
      const inner = bindType(b, node.inner);
      if (!isValueType(inner))
        b.fail(node, 'type', `The type '${inner.key}' cannot be made nullable: it is a reference.`);
      return nullableOf(inner);
    }
    case 'arrayType': {
      const element = bindType(b, node.element);
      return node.rank === 1 ? arrayOf(element) : typeOf(`[${','.repeat(node.rank - 1)}]`, [element]);
    }
    case 'tupleType': {
      const types = node.items.map(({ type }) => bindType(b, type));
      const names = node.items.map(({ name }) => name);
      return typeOf('ValueTuple', types, names.some((name) => name !== '') ? names : []);
    }
    case 'varType':
      return b.fail(node, 'type', "'var' can only be used for a local variable with a value.");
    case 'namedType': {
      const last = node.parts.at(-1);
      if (!last) return unknown(b, node, '');
      const namespace = node.parts
        .slice(0, -1)
        .map(({ name }) => name)
        .join('.');
      return namedType(
        b,
        node,
        namespace,
        last.name,
        last.args.map((arg) => bindType(b, arg)),
      );
    }
    default:
      return node satisfies never;
  }
}

function namedType(b: Binder, node: Span, namespace: string, written: string, args: readonly Type[]): Type {
  const name = aliases[written] ?? written;
  if (namespace !== '' && namespace !== namespaceOf(written)) return unknown(b, node, `${namespace}.${written}`);
  if (args.length === 0) {
    if (Object.hasOwn(enumTypes, name)) return typeOf(name);
    if (name === 'Tuple' && tableOf('Tuple')) return typeOf(name);
  }
  if (name === 'Nullable' && args.length === 1 && args[0])
    return isValueType(args[0])
      ? nullableOf(args[0])
      : b.fail(node, 'type', `The type '${args[0].key}' cannot be made nullable: it is a reference.`);
  if (name === 'Tuple' || name === 'ValueTuple') {
    if (args.length < 1 || args.length > 7) return unknown(b, node, name);
    return typeOf(name, args);
  }
  if (delegates[name]?.includes(args.length)) return typeOf(name, args);
  const table = tableOf(name);
  if (!table || table.generics.length !== args.length || name.startsWith('[')) return unknown(b, node, name);
  return typeOf(name, args);
}

/** An expression that may name a type: the `Encoding` of `Encoding.UTF8`. Undefined where it is a value. */
export function typeOfExpression(b: Binder, node: Expression): Type | undefined {
  if (node.kind === 'predefined') return typeOf(node.name);
  if (node.kind === 'name') {
    if (node.name === 'context' || b.find(node.name)) return undefined;
    return b.attempt(() =>
      namedType(
        b,
        node,
        '',
        node.name,
        node.typeArgs.map((arg) => bindType(b, arg)),
      ),
    );
  }
  if (node.kind !== 'member') return undefined;
  const namespace = dotted(node.target);
  if (namespace === undefined || !isNamespace(namespace)) return undefined;
  return b.attempt(() =>
    namedType(
      b,
      node,
      namespace,
      node.name,
      node.typeArgs.map((arg) => bindType(b, arg)),
    ),
  );
}
/** `System.Text` of a chain of names. */
export function dotted(node: Expression): string | undefined {
  if (node.kind === 'name' && node.typeArgs.length === 0) return node.name;
  if (node.kind !== 'member' || node.typeArgs.length > 0) return undefined;
  const left = dotted(node.target);
  return left === undefined ? undefined : `${left}.${node.name}`;
}
