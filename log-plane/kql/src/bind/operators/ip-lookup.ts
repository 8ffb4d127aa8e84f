import { call, columnRef } from '../../plan/expression.ts';
import type { Relation } from '../../plan/relation.ts';
import { type Expression, Syn, textOf } from '../../service/kusto.ts';
import { bindAs, findColumn } from '../bind-expression.ts';
import { bindTabular } from '../bind-tabular.ts';
import type { Bound, NamedColumn } from '../context.ts';
import type { Plugin } from './evaluate.ts';
import { fillMissingText } from './join.ts';

/** Rows of a table of networks for the address of each row. */
export function ipLookup(version: 4 | 6): Plugin {
  return (context, { node, args, input, scope }): Bound => {
    const name = `ipv${version}_lookup`;
    const [table, address, network, ...others] = args;
    if (table === undefined || address === undefined || !(network instanceof Syn.NameReference))
      return context.refuse(node, scope, name);
    const lookup = bindTabular(context, table, scope);
    const range = findColumn(lookup.columns, network.SimpleName ?? '');
    if (range === undefined) return context.refuse(network, scope, name);
    const isFlag = (arg: Expression) => /^(return_unmatched\s*=\s*)?(true|false)$/i.test(textOf(arg).trim());
    const keepsUnmatched = others.some((arg) => isFlag(arg) && /true$/i.test(textOf(arg).trim()));
    const extra = others.filter((arg) => !isFlag(arg));
    const on = extra.map((arg) => {
      const of = arg instanceof Syn.NameReference ? (arg.SimpleName ?? '') : '';
      const [left, right] = [findColumn(input.columns, of), findColumn(lookup.columns, of)];
      if (left === undefined || right === undefined) return context.refuse(arg, scope, name);
      return { left: columnRef(left.column), right: columnRef(right.column) };
    });
    const condition = call(
      `ipv${version}_is_in_range`,
      'bool',
      bindAs(context, address, scope, 'string'),
      columnRef(range.column),
    );
    const relation: Relation = {
      kind: 'join',
      join: keepsUnmatched ? 'left' : 'inner',
      left: input.relation,
      right: lookup.relation,
      on,
      condition,
    };
    // The engine puts the networks first for IPv6.
    const given = version === 4 ? [...input.columns, ...lookup.columns] : [...lookup.columns, ...input.columns];
    const columns: NamedColumn[] = [];
    for (const { name: wanted, column } of given) {
      let free = wanted;
      for (let count = 1; columns.some((before) => before.name === free); count++) free = `${wanted}${count}`;
      columns.push({ name: free, column });
    }
    const bound: Bound = { relation, columns };
    return keepsUnmatched
      ? fillMissingText(context, bound, new Set(lookup.columns.map(({ column }) => column.id)))
      : bound;
  };
}
