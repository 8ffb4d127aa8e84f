import type { Expr } from './expression.ts';
import type { Relation } from './relation.ts';
import { expressionsOf, inputsOf } from './uses.ts';

/** How large a plan is when it is written out: a value that is named once and read often counts each time. */
export interface Extent {
  readonly depth: number;
  /** Nodes; infinite where each name doubles the one before often enough. */
  readonly size: number;
  readonly joins: number;
}

const LEAF: Extent = { depth: 1, size: 1, joins: 0 };
/** By identity: parts of a plan are shared, so this costs what is new. */
const known = new WeakMap<Expr | Relation, Extent>();

export function extentOfExpression(expr: Expr): Extent {
  const before = known.get(expr);
  if (before !== undefined) return before;
  const extent = ofExpression(expr);
  known.set(expr, extent);
  return extent;
}

export function extentOf(relation: Relation): Extent {
  const before = known.get(relation);
  if (before !== undefined) return before;
  // A definition that is read often is printed once: what counts of it is its depth.
  const extent =
    relation.kind === 'shared'
      ? { ...over([extentOf(relation.definition.relation)]), size: 1 }
      : over([...inputsOf(relation).map(extentOf), ...expressionsOf(relation).map(extentOfExpression)]);
  const counted = relation.kind === 'join' ? { ...extent, joins: extent.joins + 1 } : extent;
  known.set(relation, counted);
  return counted;
}

function ofExpression(expr: Expr): Extent {
  switch (expr.kind) {
    case 'literal':
    case 'moment':
    case 'column':
      return LEAF;
    case 'call': {
      const extent = over(expr.args.map(extentOfExpression));
      // Arithmetic is guarded: two levels of SQL and more than twice the time of a plain connective.
      return expr.name === 'and' || expr.name === 'or' ? extent : { ...extent, depth: extent.depth + 1 };
    }
    case 'window':
      return over(expr.args.map(extentOfExpression));
    case 'path':
      return over([extentOfExpression(expr.base)]);
    case 'scalar-subquery':
      return over([extentOf(expr.input)]);
    case 'in-subquery':
      return over([extentOfExpression(expr.value), extentOf(expr.input), extentOfExpression(expr.element)]);
  }
}

function over(parts: readonly Extent[]): Extent {
  let [depth, size, joins] = [0, 1, 0];
  for (const part of parts) {
    depth = Math.max(depth, part.depth);
    size += part.size;
    joins += part.joins;
  }
  return { depth: depth + 1, size, joins };
}
