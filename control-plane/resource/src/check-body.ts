import type { JsonObject, JsonValue } from '@vigia/contract';
import { z } from 'zod';
import type { Envelope, ResourceDefinition } from './definition.ts';
import type { ResourceBody } from './interface.ts';
import type { Mistake } from './problems.ts';
import { regionOf, regions } from './regions.ts';

export interface CheckedBody {
  readonly envelope: Envelope;
  /** Known properties in the order of the schema, then the unknown ones by name; no nulls. */
  readonly properties: JsonObject;
  readonly mistakes: readonly Mistake[];
  /** Paths of properties that the type does not have here. They are kept, and have no effect. */
  readonly unknown: readonly string[];
}

/** The shape of a body against its type; what other resources have to do with it is checked later. */
export function checkBody(definition: ResourceDefinition, body: ResourceBody): CheckedBody {
  const mistakes: Mistake[] = [];
  if (body.properties !== undefined && !isObject(body.properties as JsonValue))
    mistakes.push({ target: 'properties', message: "'properties' must be an object." });
  const given = withoutNulls(isObject(body.properties as JsonValue) ? (body.properties ?? {}) : {}) as JsonObject;
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => !definition.readOnly.includes(name)));
  const parsed = definition.properties.safeParse(own);
  const unknown: string[] = [];
  let properties: JsonObject = own as JsonObject;
  if (parsed.success) properties = merge(parsed.data as JsonObject, own as JsonObject, '', unknown) as JsonObject;
  else for (const issue of parsed.error.issues) mistakes.push(mistakeOf(issue, own, definition));
  const envelope = checkEnvelope(definition, body, mistakes);
  return { envelope, properties, mistakes, unknown };
}

function checkEnvelope(definition: ResourceDefinition, body: ResourceBody, mistakes: Mistake[]): Envelope {
  const has = (part: (typeof definition.envelope)[number]): boolean => definition.envelope.includes(part);
  for (const part of definition.requires ?? [])
    if (body[part] === undefined || body[part] === null)
      mistakes.push({ target: part, message: `The ${part} property is required for this definition.` });
  const envelope: { -readonly [Key in keyof Envelope]: Envelope[Key] } = {};
  if (has('location') && body.location !== undefined) {
    if (typeof body.location === 'string' && regions[regionOf(body.location)] !== undefined)
      envelope.location = regionOf(body.location);
    else
      mistakes.push({
        target: 'location',
        message: `The provided location '${String(body.location)}' is not available for resource type '${definition.type}'; it is not a region of Azure.`,
      });
  }
  if (has('tags') && body.tags !== undefined && body.tags !== null) {
    const tags = z.record(z.string().max(512), z.string().max(256)).safeParse(body.tags);
    if (tags.success) envelope.tags = sortedRecord(tags.data);
    else mistakes.push({ target: 'tags', message: 'Tags are texts of at most 256 characters by name.' });
  }
  if (has('kind') && body.kind !== undefined) {
    const kind = definition.kinds?.find((one) => one.toLowerCase() === String(body.kind).toLowerCase());
    if (kind !== undefined) envelope.kind = kind;
    else
      mistakes.push({
        target: 'kind',
        message: `The kind '${String(body.kind)}' is not supported; expected ${definition.kinds?.join(' or ')}.`,
      });
  }
  if (has('sku') && body.sku !== undefined && body.sku !== null) {
    const sku = z
      .object({ name: z.string(), capacity: z.number().int().min(0).optional(), tier: z.string().optional() })
      .safeParse(body.sku);
    const name = sku.success
      ? definition.skus?.find((one) => one.toLowerCase() === sku.data.name.toLowerCase())
      : undefined;
    if (sku.success && name !== undefined)
      envelope.sku = {
        name,
        ...(sku.data.capacity === undefined ? {} : { capacity: sku.data.capacity }),
        ...(sku.data.tier === undefined ? {} : { tier: sku.data.tier }),
      };
    else
      mistakes.push({
        target: 'sku.name',
        message: `The sku '${String((body.sku as { name?: unknown }).name)}' is not one of ${definition.skus?.join(', ')}.`,
      });
  }
  if (has('identity') && body.identity !== undefined && body.identity !== null) {
    const type = String((body.identity as { type?: unknown }).type);
    const known = ['SystemAssigned', 'None'].find((one) => one.toLowerCase() === type.toLowerCase());
    if (known !== undefined) envelope.identity = { type: known };
    else
      mistakes.push({
        target: 'identity.type',
        message: `The identity type '${type}' is not supported by Vigia; expected SystemAssigned or None.`,
      });
  }
  return envelope;
}

/** Null is "not given" in a body of ARM. */
function withoutNulls(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((one) => withoutNulls(one as JsonValue));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== null && one !== undefined)
      .map(([name, one]) => [name, withoutNulls(one as JsonValue)]),
  );
}

/** `parsed` has only what the schema knows; what else was given is added behind it. */
function merge(parsed: JsonValue, given: JsonValue, path: string, unknown: string[]): JsonValue {
  if (Array.isArray(parsed) && Array.isArray(given))
    return parsed.map((one, index) => merge(one as JsonValue, given[index] as JsonValue, `${path}[${index}]`, unknown));
  if (!isObject(parsed) || !isObject(given)) return parsed;
  const merged: Record<string, JsonValue | undefined> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (value === undefined) continue;
    merged[name] = merge(value, given[name] as JsonValue, join(path, name), unknown);
  }
  for (const name of Object.keys(given).sort()) {
    if (name in merged || given[name] === undefined) continue;
    unknown.push(join(path, name));
    merged[name] = given[name];
  }
  return merged;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
export const sortedRecord = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));

export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : join(text, String(part))), '');

function mistakeOf(issue: z.core.$ZodIssue, given: unknown, definition: ResourceDefinition): Mistake {
  const value = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    given,
  );
  const inner = pathText(issue.path);
  const target = definition.mistakeCode === 'ValidationError' ? inner : join('properties', inner);
  return { target, message: sentence(issue, value, inner) };
}

function sentence(issue: z.core.$ZodIssue, value: unknown, name: string): string {
  if (value === undefined) return `'${name}' is required.`;
  switch (issue.code) {
    case 'invalid_type':
      return `'${name}' must be of type ${issue.expected}, and is ${Array.isArray(value) ? 'array' : typeof value}.`;
    case 'invalid_value':
      return `'${name}' must be one of ${issue.values.map(String).join(', ')}, and is '${String(value)}'.`;
    case 'too_big':
      return `'${name}' must have at most ${String(issue.maximum)}${unitOf(issue.origin)}.`;
    case 'too_small':
      return `'${name}' must have at least ${String(issue.minimum)}${unitOf(issue.origin)}.`;
    case 'invalid_format':
      return `'${name}' must match ${'pattern' in issue && issue.pattern !== undefined ? issue.pattern : issue.format}, and is '${String(value)}'.`;
    default:
      return `'${name}': ${issue.message}`;
  }
}

const unitOf = (origin: string): string =>
  origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : ' as its value';
