import type { Expr } from '../plan/expression.ts';
import { type Extent, extentOf, extentOfExpression } from '../plan/extent.ts';
import type { Relation } from '../plan/relation.ts';

/** An engine reads about 1,000 levels of SQL; one of ours is at most two of its. */
const MAX_DEPTH = 450;
/** Nodes of the plan, written out. The SQL text of as many takes seconds to plan. */
const MAX_SIZE = 30_000;
/** Planning time and memory grow faster than linearly with joins: 190 take more than two gigabytes. */
const MAX_JOINS = 64;

/** Why no engine would plan this in reasonable time; undefined where it would. */
export function excessOf(plan: Expr | Relation): string | undefined {
  return excess('type' in plan ? extentOfExpression(plan) : extentOf(plan));
}

function excess({ depth, size, joins }: Extent): string | undefined {
  if (depth > MAX_DEPTH) return `What it builds on is nested more than ${MAX_DEPTH} deep.`;
  if (size > MAX_SIZE) return `Written out it has more than ${MAX_SIZE.toLocaleString('en')} parts.`;
  if (joins > MAX_JOINS) return `It joins more than ${MAX_JOINS} times.`;
  return undefined;
}
