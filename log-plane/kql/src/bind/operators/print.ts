import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements } from '../../service/kusto.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { withComputed } from './extend.ts';
import { bindNamed } from './named-expressions.ts';
import { resultColumns } from './result-columns.ts';

export function bindPrint(context: BindContext, node: Kusto.Language.Syntax.PrintOperator, scope: Scope): Bound {
  const names = resultColumns(context, node, scope);
  const below: Computed[] = [];
  const row = elements<Expression>(node.Expressions).flatMap((item) => bindNamed(context, item, scope, below));
  const computed = row.map(({ expr }): Computed => ({ column: context.newColumn(expr.type), expr }));
  const columns = computed.map(({ column }, index) => ({ name: names[index]?.name ?? '', column }));
  if (below.length === 0) {
    const rows = [computed.map(({ expr }) => expr)];
    return { relation: { kind: 'values', columns: columns.map(({ column }) => column), rows }, columns };
  }
  const one: Bound = { relation: { kind: 'values', columns: [], rows: [[]] }, columns: [] };
  return { ...withComputed(context, one, below, computed), columns };
}
