import type { KqlDatabase } from '@vigia/kql';
import type { LogStore, StoredFacts, TableSchema } from '@vigia/store';
import { badArgument, pathNotFound } from './query-problems.ts';

/** A table that may be queried: `tableSchemas` of the store, or whatever else a store holds. */
export type QueryTable = Pick<TableSchema, 'name' | 'columns'> & Partial<Pick<TableSchema, 'description'>>;

export interface QueryWorkspace {
  /** Guid; what the paths of the query REST name. */
  readonly customerId: string;
  readonly name: string;
  /** ARM id. */
  readonly id: string;
}

/** What a request names: a workspace by its customerId, or any resource by its ARM id. */
export type QueryTarget =
  | { readonly workspaceId: string; readonly workspaces?: readonly string[] }
  | { readonly resourceId: string; readonly workspaces?: readonly string[] };

/** Whose rows a query sees. */
export interface QueryScope {
  readonly workspaces: readonly QueryWorkspace[];
  /** Only rows of this resource and of what is in it; lower case. */
  readonly resourceId?: string;
}

const WORKSPACE_ID = /\/providers\/microsoft\.operationalinsights\/workspaces\/[^/]+$/;
/** Subscription, resource group, or resource: only characters that Azure allows in ids. */
const RESOURCE_ID =
  /^\/subscriptions\/[\w-]+(?:\/resourcegroups\/[\w.()-]+(?:\/providers\/[\w.]+(?:\/[\w.-]+\/[\w.()~-]+)+)?)?$/;

/**
 * A resource is looked for in every workspace; `workspaces` adds nothing to that.
 * Throws a Problem (404, 400) where a workspace or resource cannot be told.
 */
export function resolveScope(target: QueryTarget, known: readonly QueryWorkspace[]): QueryScope {
  const scope =
    'workspaceId' in target
      ? { workspaces: [workspaceOfCustomerId(target.workspaceId, known)] }
      : scopeOfResource(target.resourceId.toLowerCase().replace(/\/$/, ''), known);
  if (scope.resourceId !== undefined) return scope;
  const further = (target.workspaces ?? []).map((reference) => workspaceOfReference(reference, known));
  return { ...scope, workspaces: [...new Set([...scope.workspaces, ...further])] };
}

function workspaceOfCustomerId(customerId: string, known: readonly QueryWorkspace[]): QueryWorkspace {
  const found = known.find((each) => isSame(each.customerId, customerId));
  if (found !== undefined) return found;
  throw pathNotFound(
    `No workspace has the customerId "${customerId}". The customerId is in the workspace's properties; a name or an ARM id does not stand for it.`,
  );
}

function scopeOfResource(id: string, known: readonly QueryWorkspace[]): QueryScope {
  if (WORKSPACE_ID.test(id)) {
    const found = known.find((each) => isSame(each.id, id));
    if (found === undefined) throw pathNotFound(`No workspace has the id "${id}".`);
    return { workspaces: [found] };
  }
  if (!RESOURCE_ID.test(id)) throw pathNotFound(`"${id}" is no resource id.`);
  if (known.length === 0) throw pathNotFound('There is no Log Analytics workspace that could hold logs of a resource.');
  return { workspaces: known, resourceId: id };
}

/** By customerId, ARM id, or name, as the request's `workspaces` may say it. */
function workspaceOfReference(reference: string, known: readonly QueryWorkspace[]): QueryWorkspace {
  const found = known.filter((each) =>
    [each.customerId, each.id, each.name].some((identity) => isSame(identity, reference)),
  );
  const [first] = found;
  if (first === undefined) throw badArgument(`The workspace "${reference}" in "workspaces" does not exist.`);
  if (found.length > 1) {
    throw badArgument(`"${reference}" in "workspaces" names ${found.length} workspaces; give the ARM id instead.`);
  }
  return first;
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The same text for the same rows. */
export const scopeKey = ({ workspaces, resourceId = '' }: QueryScope): string =>
  [resourceId, ...workspaces.map(({ customerId }) => customerId.toLowerCase())].join('|');

export function databaseOf(scope: QueryScope, tables: readonly QueryTable[], store: LogStore): KqlDatabase {
  return {
    name: scope.workspaces[0]?.name ?? 'logs',
    tables: tables
      .filter((table) => scope.resourceId === undefined || hasColumn(table, '_ResourceId'))
      .map((table) => {
        const facts = factsOf(table, scope, store);
        return {
          name: table.name,
          columns: table.columns,
          relation: relationOf(table, scope, store),
          ...(facts === undefined ? {} : { facts }),
        };
      }),
  };
}

export const hasColumn = (table: QueryTable, name: string): boolean =>
  table.columns.some((column) => column.name === name);

/** SQL text that stands after FROM: a table's rows that the scope may see. */
export function relationOf(table: QueryTable, scope: QueryScope, store: LogStore): string {
  const relations = scope.workspaces.map(({ customerId }) => store.relation(table.name, customerId));
  return rowsOfScope(
    relations,
    table.columns.map(({ name }) => name),
    scope,
  );
}

/** The same rows with what the store keeps beside their JSON texts. */
function factsOf(table: QueryTable, scope: QueryScope, store: LogStore): StoredFacts | undefined {
  const facts = scope.workspaces.map(({ customerId }) => store.facts(table.name, customerId));
  const [first] = facts;
  if (first === undefined) return undefined;
  const hidden = first.texts.flatMap(({ validity, paths }) => [
    validity,
    ...paths.flatMap(({ value, rest }) => [value, rest]),
  ]);
  const relations = facts.flatMap((each) => (each === undefined ? [] : [each.relation]));
  return {
    texts: first.texts,
    relation: rowsOfScope(relations, [...table.columns.map(({ name }) => name), ...hidden], scope),
  };
}

/** `names`: the columns of each relation, where more than one stands together. */
function rowsOfScope(relations: readonly string[], names: readonly string[], { resourceId }: QueryScope): string {
  const columns = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');
  const [only] = relations;
  const all =
    only !== undefined && relations.length === 1
      ? only
      : `(${relations.map((relation) => `select ${columns} from ${relation}`).join(' union all ')})`;
  if (resourceId === undefined) return all;
  // RESOURCE_ID lets no quote through; `_ResourceId` is lower case in every table.
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const isOfResource = `"_ResourceId" = ${literal(resourceId)} or starts_with("_ResourceId", ${literal(`${resourceId}/`)})`;
  return `(select ${columns} from ${all} where ${isOfResource})`;
}
