import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements } from '../../service/kusto.ts';
import { isRepeating } from '../compute.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { withComputed } from './extend.ts';
import { bindNamed } from './named-expressions.ts';
import { resultColumns } from './result-columns.ts';

export function bindPrint(context: BindContext, node: Kusto.Language.Syntax.PrintOperator, scope: Scope): Bound {
  const names = resultColumns(context, node, scope);
  const below: Computed[] = [];
  const computed: Computed[] = [];
  const columns: NamedColumn[] = [];
  let place = 0;
  for (const item of elements<Expression>(node.Expressions)) {
    const { parts, width } = bindNamed(context, item, scope, below);
    for (const [index, { expr }] of parts.entries()) {
      const column = context.newColumn(expr.type);
      computed.push({ column, expr });
      columns.push({ name: names[place + index]?.name ?? '', column });
    }
    place += width;
  }
  if (below.length === 0 && !computed.some(({ expr }) => isRepeating(expr))) {
    const rows = [computed.map(({ expr }) => expr)];
    return { relation: { kind: 'values', columns: columns.map(({ column }) => column), rows }, columns };
  }
  const one: Bound = { relation: { kind: 'values', columns: [], rows: [[]] }, columns: [] };
  return { ...withComputed(context, one, below, computed), columns };
}
