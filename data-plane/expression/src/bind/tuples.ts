import type { Expression } from '../syntax/tree.ts';
import { typeOf } from '../type/types.ts';
import { Fields } from '../value/values.ts';
import type { Binder } from './binder.ts';
import { type Bound, isPseudo } from './bound.ts';
import { bindValue } from './expressions.ts';

export function bindTuple(b: Binder, node: Extract<Expression, { kind: 'tuple' }>): Bound {
  if (node.items.length > 7) b.unsupported(node, 'A tuple of more than seven parts');
  const items = node.items.map(({ name, value }) => {
    if (value.kind === 'declaration') b.fail(value, 'syntax', 'A declaration cannot stand here.');
    const bound = bindValue(b, value);
    if (isPseudo(bound.type)) b.fail(value, 'type', `A ${bound.type.key} cannot be part of a tuple.`);
    // C# 7.1 takes the name of a variable for the part's; C# 7.0 does not.
    return { name, bound };
  });
  const names = items.map(({ name }) => name);
  const type = typeOf(
    'ValueTuple',
    items.map(({ bound }) => bound.type),
    names.some((name) => name !== '') ? names : [],
  );
  const runs = items.map(({ bound }) => bound.run);
  return {
    type,
    run: (r) =>
      new Fields(
        type,
        runs.map((run) => run(r)),
      ),
  };
}

/** The place of `Item1` or of a name in a tuple or an anonymous object; -1: it has no such part. */
export function fieldIndex(
  type: { readonly name: string; readonly args: readonly unknown[]; readonly fields: readonly string[] },
  name: string,
): number {
  const named = type.fields.indexOf(name);
  if (named >= 0 && name !== '') return named;
  const match = type.name === 'anonymous' ? null : /^Item([1-7])$/.exec(name);
  const index = match ? Number(match[1]) - 1 : -1;
  return index < type.args.length ? index : -1;
}
