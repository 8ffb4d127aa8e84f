import type { Diagnostic } from '@vigia/contract';
import type { KqlTable, RenderHint } from '../interface.ts';
import type { Relation } from '../plan/relation.ts';
import { elements, kindOf, Syn } from '../service/kusto.ts';
import { bindLet } from './bind-let.ts';
import { bindTabular, isTabular } from './bind-tabular.ts';
import { BindContext, Environment, type NamedColumn, type Scope } from './context.ts';
import { bindPatternStatement } from './pattern.ts';

export interface BoundQuery {
  readonly relation: Relation;
  readonly columns: readonly NamedColumn[];
  readonly tables: readonly KqlTable['name'][];
  readonly render?: RenderHint;
  /** What is true of the answer and may surprise. */
  readonly warnings: readonly Diagnostic[];
}

/** Microsoft's analysed tree to our plan. Throws `UnsupportedFeature` for what Vigia does not run. */
export function bindQuery(
  code: Kusto.Language.KustoCode,
  input: ConstructorParameters<typeof BindContext>[0],
): BoundQuery {
  const context = new BindContext(input);
  const scope: Scope = { environment: new Environment(), columns: [] };
  const root = code.Syntax;
  if (!(root instanceof Syn.QueryBlock))
    return context.refuse(root as never, scope, 'management command', 'Management commands are not supported.');
  let result: ReturnType<typeof bindTabular> | undefined;
  for (const statement of elements<Kusto.Language.Syntax.Statement>(root.Statements)) {
    if (statement instanceof Syn.LetStatement) bindLet(context, statement, scope);
    else if (statement instanceof Syn.PatternStatement) bindPatternStatement(context, statement, scope);
    else if (statement instanceof Syn.ExpressionStatement && statement.Expression !== null) {
      if (result !== undefined)
        return context.refuse(statement, scope, 'several results', 'Only one result a query is supported.');
      if (!isTabular(statement.Expression, scope))
        return context.reject(
          statement,
          scope,
          'result',
          'The result of a query is a table; begin with print for a value.',
        );
      result = bindTabular(context, statement.Expression, scope);
    } else context.refuse(statement, scope, kindOf(statement));
  }
  if (result === undefined)
    return context.reject(root, scope, 'query', 'The query has no result: a table expression is missing.');
  return {
    relation: result.relation,
    columns: result.columns,
    tables: [...context.tables].sort(),
    warnings: context.warnings,
    ...(context.render === undefined ? {} : { render: context.render }),
  };
}
