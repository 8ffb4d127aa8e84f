import type { KqlType } from '@vigia/contract';
import { columnRef, type Expr, hasWindow, literal } from '../../plan/expression.ts';
import type { Computed, ScanRelation, ScanStep } from '../../plan/relation.ts';
import { type Expression, elements, list, Syn, textOf } from '../../service/kusto.ts';
import { bindAs } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { parseLiteral } from '../literal.ts';
import { kqlType } from '../types.ts';
import { namedParameters } from './parameters.ts';

type StepNode = Kusto.Language.Syntax.ScanStep;

/** Values that a step remembers of a record, by the step whose record it is. */
type State = ReadonlyMap<string, readonly NamedColumn[]>;

/** Rows in order through a small state machine: each step remembers the records that led to it. */
export function bindScan(
  context: BindContext,
  node: Kusto.Language.Syntax.ScanOperator,
  input: Bound,
  scope: Scope,
): Bound {
  if (node.PartitionByClause !== null) return context.refuse(node.PartitionByClause, scope, 'scan partition by');
  if (node.OrderByClause !== null) return context.refuse(node.OrderByClause, scope, 'scan order by');
  const declared = elements<Kusto.Language.Syntax.FunctionParameter>(node.DeclareClause?.Declarations).map((item) => {
    const name = item.NameAndType?.Name?.SimpleName ?? '';
    const type = kqlType(item.NameAndType?.Name?.ResultType as never) ?? 'string';
    const value = item.DefaultValue?.Value ?? null;
    return { name, column: context.newColumn(type), initial: initialValue(context, value, type, scope) };
  });
  const record: readonly NamedColumn[] = [...input.columns, ...declared];
  const nodes = list<StepNode>(node.Steps);
  const names = nodes.map((step) => step.Name?.SimpleName ?? '');
  // The state of step k: a copy of the record's columns for each of the steps up to k.
  const states = names.map(
    (_, index): State =>
      new Map(
        names
          .slice(0, index + 1)
          .map((name) => [
            name,
            record.map(({ name: of, column }) => ({ name: of, column: context.newColumn(column.type) })),
          ]),
      ),
  );
  const steps = nodes.map((step, index): ScanStep => {
    const output = textOf(step.ScanStepOutput?.OutputKind as never).trim() || 'all';
    if (output !== 'all' && output !== 'none') return context.refuse(step, scope, `scan output=${output}`);
    const from = (state: State | undefined) =>
      bindStep(context, step, { input, declared, state: state ?? new Map() }, scope);
    const own = states[index];
    return {
      isOutput: output === 'all',
      state: names.slice(0, index + 1).map((name) => (own?.get(name) ?? []).map(({ column }) => column)),
      own: from(own),
      ...(index === 0 ? {} : { promoted: from(states[index - 1]) }),
    };
  });
  const matchName = namedParameters(node).get('with_match_id');
  const matchId = context.newColumn('long');
  const relation: ScanRelation = {
    kind: 'scan',
    input: input.relation,
    record: record.map(({ column }) => column),
    declared: declared.map(({ column, initial }): Computed => ({ column, expr: initial })),
    steps,
    matchId,
  };
  const columns = [...record, ...(matchName === undefined ? [] : [{ name: matchName, column: matchId }])];
  return { relation, columns: columns.map(({ name, column }) => ({ name, column })) };
}

/** The analyser does not look into these values. */
function initialValue(context: BindContext, node: Expression | null, type: KqlType, scope: Scope): Expr {
  if (node === null) return literal(type, type === 'string' ? '' : null);
  const parsed = parseLiteral(type, node.IsLiteral ? (node.LiteralValueInfo?.ValueText ?? textOf(node)) : textOf(node));
  return parsed ?? context.refuse(node, scope, 'scan', 'A declared value of scan must be a constant.');
}

function bindStep(
  context: BindContext,
  step: StepNode,
  {
    input,
    declared,
    state,
  }: { input: Bound; declared: readonly (NamedColumn & { readonly initial: unknown })[]; state: State },
  scope: Scope,
): ScanStep['own'] {
  const inside: Scope = { ...scope, columns: [...input.columns, ...declared], steps: state };
  const condition = bindAs(context, step.Condition, inside, 'bool');
  if (hasWindow(condition))
    return context.refuse(step, scope, 'scan', 'A window function in a step of scan is not supported.');
  const assigned = new Map<string, Computed['expr']>();
  for (const item of elements<unknown>(step.ComputationClause?.Assignments)) {
    if (!(item instanceof Syn.ScanAssignment)) continue;
    const name = item.Name?.SimpleName ?? '';
    const target = declared.find((column) => column.name === name);
    if (target === undefined) return context.refuse(item, scope, 'scan', `'${name}' is not declared by this scan.`);
    assigned.set(name, bindAs(context, item.Expression, inside, target.column.type));
  }
  return {
    condition,
    values: declared.map(({ name, column }) => assigned.get(name) ?? columnRef(column)),
  };
}
