import type { RoleAssignmentSnapshot } from '@vigia/contract';
import { type RoleDefinition, roleDefinitionById } from './role-definitions.ts';

export interface AccessQuestion {
  readonly principalId: string;
  /** What is to be done: an action of the control plane, or a data action of the service itself. */
  readonly operation: { readonly action: string } | { readonly dataAction: string };
  /** ARM id of the resource. */
  readonly scope: string;
  readonly assignments: readonly RoleAssignmentSnapshot[];
}

/**
 * Azure's rule: allowed when one assignment at the scope or above it (account, resource group, subscription, `/`)
 * has a role whose actions match and whose notActions do not. A notAction takes away from its own role only.
 */
export const isAllowed = ({ principalId, operation, scope, assignments }: AccessQuestion): boolean => {
  const principal = principalId.toLowerCase();
  return assignments.some((assignment) => {
    if (assignment.principalId.toLowerCase() !== principal || !covers(assignment.scope, scope)) return false;
    const role = roleDefinitionById(assignment.roleDefinitionId);
    return role !== undefined && grants(role, operation);
  });
};

/** Whether an assignment at `outer` counts for `inner`: the same id or one above it, whole segments only. */
export function covers(outer: string, inner: string): boolean {
  const above = outer.toLowerCase().replace(/\/+$/, '');
  const below = inner.toLowerCase().replace(/\/+$/, '');
  return below === above || below.startsWith(`${above}/`);
}

const grants = (role: RoleDefinition, operation: AccessQuestion['operation']): boolean =>
  'dataAction' in operation
    ? matchesAny(role.dataActions, operation.dataAction) && !matchesAny(role.notDataActions, operation.dataAction)
    : matchesAny(role.actions, operation.action) && !matchesAny(role.notActions, operation.action);

const matchesAny = (patterns: readonly string[], action: string): boolean =>
  patterns.some((pattern) => patternFor(pattern).test(action));

const compiled = new Map<string, RegExp>();

/** Patterns come from the role table alone, so this cache cannot grow beyond it. */
function patternFor(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known) return known;
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const made = new RegExp(`^${source}$`, 'i');
  compiled.set(pattern, made);
  return made;
}
