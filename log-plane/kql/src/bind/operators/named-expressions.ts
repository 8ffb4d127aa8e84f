import { call, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements, L, list, Sym, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Scope } from '../context.ts';
import { kqlType } from '../types.ts';

export interface NamedExpr {
  /** As the query or the analyser calls it; '' where the operator has to make a name up. */
  readonly name: string;
  readonly expr: Expr;
}

export interface NamedItem {
  readonly parts: readonly NamedExpr[];
  /** Columns that the analyser makes of it. It makes the whole tuple where the engine keeps only the parts with names. */
  readonly width: number;
}

/**
 * An item of extend, project, print: one value, or the several of a function that gives a tuple. A tuple is computed
 * once, into `below`, and its parts are read above.
 */
export function bindNamed(context: BindContext, expression: Expression, scope: Scope, below: Computed[]): NamedItem {
  const value =
    expression instanceof Syn.SimpleNamedExpression || expression instanceof Syn.CompoundNamedExpression
      ? expression.Expression
      : expression;
  const given = namesOf(expression);
  const parts = tupleColumns(value);
  if (parts === undefined) {
    if (given.length > 1) return context.refuse(expression, scope, '(a, b) = …', 'A single value has one name.');
    const computed = L.Binding.Binder.GetExpressionResultName(expression, '') ?? '';
    return { parts: [{ name: given[0] ?? computed, expr: bindExpression(context, value, scope) }], width: 1 };
  }
  const column = context.newColumn('dynamic');
  below.push({ column, expr: bindExpression(context, value, scope) });
  const kept = given.length === 0 ? parts : parts.slice(0, given.length);
  return {
    parts: kept.map((part, index): NamedExpr => {
      const type = kqlType(part.Type as never) ?? 'dynamic';
      return {
        name: given[index] ?? part.Name ?? '',
        expr: call('field', type, columnRef(column), literal('long', BigInt(index))),
      };
    }),
    width: parts.length,
  };
}

function namesOf(expression: Expression): readonly string[] {
  if (expression instanceof Syn.SimpleNamedExpression) return [expression.Name?.SimpleName ?? ''];
  if (!(expression instanceof Syn.CompoundNamedExpression)) return [];
  return elements<Kusto.Language.Syntax.NameDeclaration>(expression.Names?.Names).map((name) => name.SimpleName ?? '');
}

function tupleColumns(value: Expression | null): readonly Kusto.Language.Symbols.ColumnSymbol[] | undefined {
  const type = value?.ResultType;
  return type instanceof Sym.TupleSymbol ? list<Kusto.Language.Symbols.ColumnSymbol>(type.Columns) : undefined;
}
