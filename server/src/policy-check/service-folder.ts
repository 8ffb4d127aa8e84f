import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { CheckOptions, PolicySurroundings } from '@vigia/policy';

export type DocumentScope = CheckOptions['scope'];

export interface DocumentPlace {
  /** Absent: the place says nothing, and the document itself must. */
  readonly scope?: DocumentScope;
  /** The folder of the service or workspace that the document belongs to. */
  readonly service?: string;
}

/** A file of the folder that does not say what it must say. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** Where APIOps' layout has documents, the longest form first. What stands before is the folder of the service. */
const places: readonly (readonly [RegExp, DocumentScope])[] = [
  [/\/apis\/[^/]+\/operations\/[^/]+\/policy\.xml$/, 'operation'],
  [/\/apis\/[^/]+\/policy\.xml$/, 'api'],
  [/\/products\/[^/]+\/policy\.xml$/, 'product'],
  [/\/policy fragments\/[^/]+\/policy\.xml$/, 'fragment'],
];
/** Folders by one of which a service's folder is known. */
const serviceFolders = ['apis', 'products', 'named values', 'policy fragments', 'backends'];

/** What APIOps' layout says of the document at this absolute path. */
export function placeOf(file: string): DocumentPlace {
  const path = file.split(sep).join('/');
  for (const [pattern, scope] of places) {
    const found = pattern.exec(path);
    if (found) return { scope, service: file.slice(0, found.index) };
  }
  const folder = dirname(file);
  if (basename(file) !== 'policy.xml') return {};
  if (basename(dirname(folder)) === 'workspaces') return { scope: 'workspace', service: folder };
  return serviceFolders.some((name) => existsSync(join(folder, name))) ? { scope: 'global', service: folder } : {};
}

/**
 * What the documents of a service's folder may refer to. A kind without a folder stays out and is not checked. The value
 * of a named value that no file holds (it is in a vault) stands as `{{name}}`: it is known, and fits everywhere.
 *
 * @throws FolderError where a file cannot be read as what it must be.
 */
export function readServiceFolder(folder: string): PolicySurroundings {
  const namedValues = entriesOf(folder, 'named values')?.map((entry) => {
    const { displayName, value, secret } = propertiesOf(join(entry.path, 'namedValueInformation.json'));
    const name = typeof displayName === 'string' ? displayName : entry.name;
    return {
      name,
      value: typeof value === 'string' ? value : `{{${name}}}`,
      ...(secret === true ? { secret } : {}),
    };
  });
  const fragments = entriesOf(folder, 'policy fragments')
    ?.filter(({ path }) => existsSync(join(path, 'policy.xml')))
    .map(({ name, path }) => ({ id: name, document: readFileSync(join(path, 'policy.xml'), 'utf8') }));
  const backends = entriesOf(folder, 'backends')?.map(({ name, path }) => {
    const { url } = propertiesOf(join(path, 'backendInformation.json'));
    return { id: name, ...(typeof url === 'string' ? { url } : {}) };
  });
  const loggers = entriesOf(folder, 'loggers')?.flatMap(({ name, path }) => {
    const { loggerType, credentials } = propertiesOf(join(path, 'loggerInformation.json'));
    if (loggerType !== 'azureEventHub') return [];
    const { name: eventHub, connectionString } = isRecord(credentials) ? credentials : {};
    return [{ id: name, eventHub: String(eventHub ?? ''), connectionString: String(connectionString ?? '') }];
  });
  return {
    ...(namedValues ? { namedValues } : {}),
    ...(fragments ? { fragments } : {}),
    ...(backends ? { backends } : {}),
    ...(loggers ? { loggers } : {}),
  };
}

function entriesOf(
  folder: string,
  kind: string,
): readonly { readonly name: string; readonly path: string }[] | undefined {
  const parent = join(folder, kind);
  if (!existsSync(parent)) return undefined;
  return readdirSync(parent)
    .map((name) => ({ name, path: join(parent, name) }))
    .filter(({ path }) => statSync(path).isDirectory());
}

function propertiesOf(file: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new FolderError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const properties = isRecord(parsed) ? parsed['properties'] : undefined;
  if (!isRecord(properties)) throw new FolderError(`${file} has no object "properties".`);
  return properties;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
