import { type Column, columnRef } from '../plan/expression.ts';
import type { AggregateCall, Computed } from '../plan/relation.ts';
import type { Group } from './context.ts';

/** What a summarize inside a group adds: the group's keys, and any row's value of what it carries. */
export function groupParts(group: Group | undefined): {
  readonly keys: readonly Computed[];
  readonly carried: readonly AggregateCall[];
} {
  if (group === undefined) return { keys: [], carried: [] };
  return {
    keys: group.keys.map((column): Computed => ({ column, expr: columnRef(column) })),
    carried: group.carried
      .filter((column) => !group.keys.includes(column))
      .map((column): AggregateCall => ({ column, name: 'first value', args: [columnRef(column)] })),
  };
}

/** The same group once rows were summarized: they have no order any more. */
export function summarizedGroup(group: Group | undefined): { readonly group?: Group } {
  if (group === undefined) return {};
  const carried: readonly Column[] = group.carried;
  return { group: { keys: group.keys, carried } };
}
