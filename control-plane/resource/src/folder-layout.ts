import type { JsonObject } from '@vigia/contract';
import { sortedRecord } from './check-body.ts';
import type { ResourceDefinition, Stored } from './definition.ts';
import { text } from './definition.ts';
import { fileNameOf } from './file-name.ts';
import { definitions, parentTypeOf } from './type-table.ts';

/** A file of the configuration folder. `path` is relative, with `/`. */
export interface FolderFile {
  readonly path: string;
  readonly text: string;
}

type Get = (key: string) => Stored | undefined;

/** The folder of a resource, relative to the configuration folder; of a policy: that of what it is for. */
export function folderOf(resource: Stored, get: Get): string {
  const parent = get(resource.parent);
  const above = parent === undefined ? '' : `${folderOf(parent, get)}/`;
  const { place } = resource.definition;
  return place.kind === 'file' ? above.slice(0, -1) : `${above}${place.folder}/${fileNameOf(resource.name)}`;
}

/** What stands in the folder for a resource: byte for byte the same for the same resource. */
export function filesOf(resource: Stored, get: Get): readonly FolderFile[] {
  const folder = folderOf(resource, get);
  const { place } = resource.definition;
  if (place.kind === 'file')
    return [{ path: `${folder}/${place.file}`, text: endLine(text(resource.properties[place.property])) }];
  const { text: own } = place;
  const properties = own === undefined ? resource.properties : without(resource.properties, own.property);
  const files = [{ path: `${folder}/${place.file}`, text: informationText(resource, properties) }];
  if (own !== undefined)
    files.push({ path: `${folder}/${own.file}`, text: endLine(text(resource.properties[own.property])) });
  return files;
}

export const specificationFile = (folder: string, format: 'json' | 'yaml'): string =>
  `${folder}/specification.${format}`;
export const specificationNames = ['specification.json', 'specification.yaml'] as const;

const endLine = (value: string): string => (value.endsWith('\n') ? value : `${value}\n`);

const without = (properties: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => key !== name));

function informationText({ definition, envelope }: Stored, properties: JsonObject): string {
  const { location, tags, kind, sku, identity } = envelope;
  const hasProperties = Object.keys(definition.properties.shape).length > 0 || Object.keys(properties).length > 0;
  const information = {
    ...(location === undefined ? {} : { location }),
    ...(tags === undefined ? {} : { tags: sortedRecord(tags) }),
    ...(kind === undefined ? {} : { kind }),
    ...(sku === undefined ? {} : { sku }),
    ...(identity === undefined ? {} : { identity }),
    ...(hasProperties ? { properties } : {}),
  };
  return `${JSON.stringify(information, undefined, 2)}\n`;
}

/** What can lie directly in the folder of a resource of a type; undefined: in the configuration folder itself. */
export interface FolderContents {
  /** By the name of the folder that holds a folder for each of them. */
  readonly folders: ReadonlyMap<string, ResourceDefinition>;
  /** By the file's name. */
  readonly files: ReadonlyMap<string, ResourceDefinition>;
}

const group = 'Microsoft.Resources/resourceGroups';

function contentsOf(type: string | undefined): FolderContents {
  const folders = new Map<string, ResourceDefinition>();
  const files = new Map<string, ResourceDefinition>();
  for (const definition of definitions) {
    const { place } = definition;
    const isHere = definition.isExtension
      ? place.kind === 'folder'
      : type === undefined
        ? definition.type === group
        : type === group
          ? definition.type !== group && parentTypeOf(definition.type) === undefined
          : parentTypeOf(definition.type) === type;
    if (!isHere) continue;
    if (place.kind === 'folder') folders.set(place.folder, definition);
    else files.set(place.file, definition);
  }
  return { folders, files };
}

const byType = new Map<string | undefined, FolderContents>();

export function folderContents(type: string | undefined): FolderContents {
  const known = byType.get(type) ?? contentsOf(type);
  byType.set(type, known);
  return known;
}
