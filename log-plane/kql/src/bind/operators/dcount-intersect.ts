import { call, type Expr } from '../../plan/expression.ts';
import type { Computed } from '../../plan/relation.ts';
import { bindAs } from '../bind-expression.ts';
import type { Bound } from '../context.ts';
import type { Plugin } from './evaluate.ts';
import { resultColumns } from './result-columns.ts';

/** How many values the first sketch has, the first two have in common, the first three … */
export const dcountIntersect: Plugin = (context, { node, args, input, scope }): Bound => {
  const sketches = args.map((arg) => bindAs(context, arg, scope, 'dynamic'));
  const names = resultColumns(context, node, scope).slice(-sketches.length);
  const isAdded = names.length === sketches.length && names.every(({ type }) => type === 'long');
  if (!isAdded || sketches.length < 2) return context.refuse(node, scope, 'dcount_intersect');
  const common: Expr[] = [];
  for (const sketch of sketches) {
    const before = common.at(-1);
    common.push(before === undefined ? sketch : call('set_intersect', 'dynamic', before, sketch));
  }
  const added = common.map(
    (expr): Computed => ({ column: context.newColumn('long'), expr: call('dcount_hll', 'long', expr) }),
  );
  const kept = resultColumns(context, node, scope).length === sketches.length ? [] : input.columns;
  return {
    relation: { kind: 'extend', input: input.relation, added },
    columns: [...kept, ...added.map(({ column }, index) => ({ name: names[index]?.name ?? '', column }))],
  };
};
