import type { Expr } from '../plan/expression.ts';
import type { Relation } from '../plan/relation.ts';
import { flowUpward } from './flow.ts';

/**
 * `extend b = parse_json(Body) | extend m = b.model` reads `Body` itself: a path into a column that is a path, or the
 * parsing of a text, becomes a path from where that one starts, and a conversion of such a column converts the path.
 * The value of the column is the same JSON either way.
 */
export function inlinePaths(root: Relation): Relation {
  return flowUpward<Expr>(root, {
    learn(relation) {
      const learned = new Map<string, Expr>();
      if (relation.kind === 'extend')
        for (const { column, expr } of relation.added) if (isReading(expr)) learned.set(column.id, expr);
      return learned;
    },
    rewrite(expr, known) {
      if (expr.kind === 'call' && expr.name === `to${expr.type}`) {
        const [only] = expr.args;
        const path = only?.kind === 'column' ? known.get(only.column.id) : undefined;
        return path?.kind === 'path' ? { ...expr, args: [path] } : undefined;
      }
      if (expr.kind !== 'path' || expr.base.kind !== 'column' || expr.isText) return undefined;
      const base = known.get(expr.base.column.id);
      if (base?.kind === 'path') return { ...base, steps: [...base.steps, ...expr.steps] };
      const text = base?.kind === 'call' ? base.args[0] : undefined;
      return text === undefined ? undefined : { ...expr, base: text, isText: true };
    },
    // What such an expression reads goes upward with the column: both were there when it was made.
    companions: (expr) => (baseOf(expr)?.kind === 'column' ? [columnOf(expr)] : []),
    rename: (expr, column) => withBase(expr, column(columnOf(expr))),
  });
}

/** parse_json of a column, or a path into one. */
function isReading(expr: Expr): boolean {
  return baseOf(expr)?.kind === 'column';
}

function baseOf(expr: Expr): Expr | undefined {
  if (expr.kind === 'path') return expr.base;
  return expr.kind === 'call' && expr.name === 'parse_json' ? expr.args[0] : undefined;
}

function columnOf(expr: Expr) {
  const base = baseOf(expr);
  if (base?.kind !== 'column') throw new Error('Only readings of columns are carried upward.');
  return base.column;
}

function withBase(expr: Expr, column: ReturnType<typeof columnOf>): Expr {
  const base: Expr = { kind: 'column', type: column.type, column };
  if (expr.kind === 'path') return { ...expr, base };
  return expr.kind === 'call' ? { ...expr, args: [base] } : expr;
}
