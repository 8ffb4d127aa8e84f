import { kindOf, Syn, type SyntaxNode } from '../kusto.ts';
import { namesOf, nodeAt, type Situation } from './situation.ts';

const NAMES: Readonly<Record<string, string>> = {
  ProjectOperator: 'project',
  ProjectAwayOperator: 'project-away',
  ProjectKeepOperator: 'project-keep',
  ProjectRenameOperator: 'project-rename',
  SummarizeOperator: 'summarize',
  DistinctOperator: 'distinct',
  CountOperator: 'count',
  MakeSeriesOperator: 'make-series',
  TopNestedOperator: 'top-nested',
  JoinOperator: 'join',
  EvaluateOperator: 'evaluate',
};

/** The operator before this place that had the column and did not pass it on. */
export function whereLost(situation: Situation, name: string): { operator: string; start: number } | undefined {
  let node: SyntaxNode | null = nodeAt(situation.tree, situation.start) ?? null;
  let pipe: Kusto.Language.Syntax.PipeExpression | undefined;
  for (; node !== null; node = node.Parent) if (node instanceof Syn.PipeExpression) break;
  pipe = node instanceof Syn.PipeExpression ? node : undefined;
  while (pipe !== undefined) {
    const before: Kusto.Language.Syntax.Expression | null = pipe.Expression;
    if (!(before instanceof Syn.PipeExpression) || before.Operator === null) return undefined;
    const had = has(before.Expression, name);
    if (had && !has(before, name))
      return { operator: NAMES[kindOf(before.Operator)] ?? 'operator', start: before.Operator.TextStart };
    pipe = before;
  }
  return undefined;
}

function has(node: Kusto.Language.Syntax.Expression | null, name: string): boolean {
  const type = node?.ResultType as { readonly Columns?: unknown } | null | undefined;
  return type?.Columns !== undefined && namesOf(type.Columns).has(name);
}
