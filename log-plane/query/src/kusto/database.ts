import type { QueryWorkspace } from '../query-scope.ts';
import { entityIsMissing } from './kusto-error.ts';

/** Which database a client means that names none. */
const noName = /^(?:NetDefaultDB)?$/i;

/**
 * A database is a workspace, by its name or customerId; without a name the only one. Throws a Problem (400) where it
 * cannot be told.
 */
export function databaseOf(name: string, workspaces: readonly QueryWorkspace[]): QueryWorkspace {
  const isNamed = (text: string): boolean => text.toLowerCase() === name.toLowerCase();
  const found = noName.test(name)
    ? workspaces
    : workspaces.filter((each) => isNamed(each.customerId) || isNamed(each.name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const known = workspaces.map((each) => `${each.name} (${each.customerId})`).join(', ') || 'none';
  const reason = noName.test(name)
    ? 'The request names no database'
    : only === undefined
      ? `Database '${name}' could not be found`
      : `Database '${name}' is the name of ${found.length} workspaces; use the customerId`;
  throw entityIsMissing(`${reason}. Databases are Log Analytics workspaces, by name or customerId: ${known}.`);
}
