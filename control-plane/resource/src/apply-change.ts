import type { Clock, JsonObject, JsonValue } from '@vigia/contract';
import { Problem } from '@vigia/problem';
import { checkBody } from './check-body.ts';
import type { Envelope, Facts, PolicyTools, ResourceDefinition, Stored } from './definition.ts';
import type { Draft, Secrets } from './draft.ts';
import type { Change, ResourceBody } from './interface.ts';
import { type Mistake, mistakes, notFound, parentNotFound, preconditionFailed } from './problems.ts';
import { parseResourceId, type ResourceId } from './resource-id.ts';
import { descendants } from './resource-set.ts';
import { definitionOf } from './type-table.ts';
import { apiType, revisionOf } from './types/apis.ts';
import type { Grave } from './vault.ts';

export interface ApplyContext {
  readonly draft: Draft;
  readonly policy: PolicyTools;
  readonly clock: Clock;
  readonly random: (bytes: number) => Buffer;
  /** What a resource had before its file was taken out of the folder; only for what the folder brings back. */
  readonly graveOf?: (key: string) => Grave | undefined;
  /** Mistakes in bodies, by key; the caller goes on with the next change and tells all of them. */
  readonly mistakes: Map<string, { readonly definition: ResourceDefinition; readonly found: Mistake[] }>;
}

export interface Applied {
  readonly id: string;
  readonly existed: boolean;
}

/** One change, made in the draft. Throws a Problem; mistakes in a body are collected instead. */
export function applyChange(change: Change, context: ApplyContext): Applied {
  const { draft } = context;
  const target = resolve(change.id, draft);
  const existing = draft.get(target.key);
  switch (change.kind) {
    case 'put':
      checkMatch(change.ifMatch, existing, target.id);
      return put(target, change.body, context);
    case 'patch': {
      if (existing === undefined) {
        requireParent(target, draft);
        throw notFound(target.id);
      }
      checkMatch(change.ifMatch, existing, target.id);
      return put(target, patched(existing, change.body, draft), context);
    }
    case 'delete': {
      if (existing === undefined) return { id: target.id, existed: false };
      checkMatch(change.ifMatch, existing, target.id);
      if (isBuiltIn(existing))
        throw mistakes(existing.definition.mistakeCode, [
          {
            target: 'id',
            message: `${existing.definition.noun} '${existing.name}' is built in and cannot be deleted.`,
          },
        ]);
      remove(draft, existing.key);
      return { id: existing.id, existed: true };
    }
    case 'renewSecret': {
      if (existing === undefined) throw notFound(target.id);
      const form = existing.definition.generated?.[change.secret];
      if (form === undefined)
        throw new Problem({
          code: 'BadRequest',
          status: 400,
          message: `${existing.definition.noun} '${existing.name}' has no secret '${change.secret}' that can be made anew.`,
        });
      draft.setSecrets(existing.key, {
        ...draft.secretsOf(existing.key),
        [change.secret]: newSecret(form, context.random),
      });
      draft.put({ ...existing, revision: draft.nextRevision() });
      return { id: existing.id, existed: true };
    }
    case 'attach': {
      if (existing === undefined) throw notFound(target.id);
      const { place } = existing.definition;
      if (place.kind !== 'folder' || place.hasSpecification !== true)
        throw new Problem({
          code: 'BadRequest',
          status: 400,
          message: `${existing.definition.noun} '${existing.name}' cannot have a specification.`,
        });
      draft.attachments.set(existing.key, { format: change.format, text: change.text });
      return { id: existing.id, existed: true };
    }
    default:
      return change satisfies never;
  }
}

export const isBuiltIn = ({ definition, name }: Pick<Stored, 'definition' | 'name'>): boolean =>
  definition.builtIn?.includes(name.toLowerCase()) ?? false;

export function remove(draft: Draft, key: string): void {
  for (const below of descendants(draft, key)) draft.delete(below.key);
  draft.delete(key);
}

/** `apis/x;rev=1` is `apis/x` while 1 is its current revision. */
export function resolveRevision(id: string, get: (key: string) => Stored | undefined): string {
  const match = /^(.*\/apis\/)([^/]+?);rev=([^/]+)(\/.*)?$/i.exec(id);
  if (match === null) return id;
  const [, start = '', name = '', revision, rest = ''] = match;
  const current = get(`${start}${name}`.toLowerCase());
  return current !== undefined && (current.properties['apiRevision'] ?? '1') === revision
    ? `${start}${name}${rest}`
    : id;
}

type Target = ResourceId & { readonly definition: ResourceDefinition; readonly parent: string };

function resolve(id: string, draft: Draft): Target {
  const parsed = parseResourceId(resolveRevision(id, (key) => draft.get(key)));
  if (parsed === undefined) throw notFound(id);
  if (parsed.subscriptionId !== draft.subscriptionId) throw notFound(`/subscriptions/${parsed.subscriptionId}`);
  const definition = definitionOf(parsed.type);
  if (definition === undefined || parsed.parent === undefined)
    throw new Problem({
      code: 'InvalidResourceType',
      status: 400,
      message: `The resource type '${parsed.type}' is not supported by Vigia.`,
    });
  return { ...parsed, definition, parent: parsed.parent };
}

function checkMatch(ifMatch: string | undefined, existing: Stored | undefined, id: string): void {
  if (ifMatch === undefined) return;
  if (existing === undefined || (ifMatch !== '*' && ifMatch.replace(/^(W\/)?"(.*)"$/, '$2') !== etagOf(existing)))
    throw preconditionFailed(id);
}

/** As Azure's: eight bytes that grow, in base64. */
export function etagOf({ revision }: Stored): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(revision));
  return bytes.toString('base64');
}

function requireParent(target: Target, draft: Draft): Stored | undefined {
  const key = target.parent.toLowerCase();
  if (key === `/subscriptions/${draft.subscriptionId}`) return undefined;
  const parent = draft.get(key);
  if (parent === undefined) {
    // The outermost thing that is missing is the one to name.
    const above = parseResourceId(target.parent);
    const grandparent = above?.parent;
    if (above !== undefined && grandparent !== undefined) {
      const definition = definitionOf(above.type);
      if (definition !== undefined) requireParent({ ...above, parent: grandparent, definition }, draft);
    }
    throw parentNotFound(target.parent);
  }
  if (target.definition.isExtension && parent.definition.place.kind === 'file')
    throw new Problem({
      code: 'InvalidResourceType',
      status: 400,
      message: `Nothing can be attached to a resource of the type '${parent.definition.type}'.`,
    });
  return parent;
}

function idBelow(target: Target, parent: Stored | undefined): string {
  if (parent === undefined) return target.id;
  return `${parent.id}${target.id.slice(target.parent.length)}`;
}

/** A body from the folder says all there is; one from REST leaves out what it does not want to change. */
export function put(
  target: Target,
  given: ResourceBody,
  context: ApplyContext,
  source: 'rest' | 'folder' | 'builtIn' = 'rest',
): Applied {
  const { draft } = context;
  const { definition } = target;
  const parent = requireParent(target, draft);
  const existing = draft.get(target.key);
  const id = existing?.id ?? idBelow(target, parent);
  const key = id.toLowerCase();
  const found: Mistake[] = [];
  const note = (): void => {
    if (found.length === 0) return;
    const noted = context.mistakes.get(key)?.found ?? [];
    context.mistakes.set(key, { definition, found: [...noted, ...found] });
  };
  checkName(target, found);
  const origin = existing === undefined ? originOf(target, given, draft) : undefined;
  const body = origin === undefined ? given : { ...given, properties: { ...origin.properties, ...given.properties } };
  const { properties: written, policy } = takePolicy(definition, body, context, found);
  const checked = checkBody(definition, { ...body, properties: written });
  found.push(...checked.mistakes);
  if (existing?.envelope.location !== undefined && checked.envelope.location !== undefined) {
    if (existing.envelope.location !== checked.envelope.location)
      throw new Problem({
        code: 'InvalidResourceLocation',
        status: 409,
        message: `The resource '${existing.name}' already exists in location '${existing.envelope.location}'. A resource with the same name cannot be created in location '${checked.envelope.location}'. Please select a new resource name.`,
      });
  }
  if (found.length > 0) {
    note();
    return { id, existed: existing !== undefined };
  }
  const grave = source !== 'rest' && existing === undefined ? context.graveOf?.(key) : undefined;
  const normal = definition.normalize?.(checked.properties, { parent: target.parent.toLowerCase(), name: target.name });
  const { properties, secrets } = takeSecrets(
    definition,
    normal ?? checked.properties,
    draft.secretsOf(key) ?? grave?.secrets ?? {},
    {
      random: context.random,
      isReplaced: source === 'rest',
    },
  );
  const envelope = withIdentity(checked.envelope, existing, source === 'folder' || body.identity !== undefined);
  draft.setSecrets(key, secrets);
  draft.put({
    id,
    key,
    name: existing?.name ?? target.name,
    definition,
    parent: target.parent.toLowerCase(),
    envelope,
    properties,
    facts: factsOf(definition, envelope, existing?.facts ?? grave?.facts, context),
    ...(checked.unknown.length === 0 ? {} : { unknown: checked.unknown }),
    order: existing?.order ?? grave?.order ?? draft.nextOrder(),
    revision: draft.nextRevision(),
  });
  if (policy !== undefined) draft.written.set(key, policy);
  else draft.written.delete(key);
  if (existing === undefined) {
    if (origin !== undefined) copyBelow(origin, { id, key }, draft);
    if (source !== 'builtIn') makeChildren(id, definition, context, source);
  }
  return { id, existed: existing !== undefined };
}

/** What Azure makes together with a resource. */
function makeChildren(
  id: string,
  definition: ResourceDefinition,
  context: ApplyContext,
  source: 'rest' | 'folder',
): void {
  for (const { path, properties } of definition.children ?? []) {
    const child = resolve(`${id}/${path}`, context.draft);
    // A folder that names some of them has said what it wants; only what cannot be missing is added.
    if (source === 'folder' && !isBuiltIn(child)) continue;
    if (context.draft.get(child.key) === undefined) put(child, { properties }, context, 'builtIn');
  }
}

/** What cannot be missing below a resource, put back. */
export function restoreBuiltIns(resource: Stored, context: ApplyContext): void {
  makeChildren(resource.id, resource.definition, context, 'folder');
}

function checkName({ definition, name }: Target, found: Mistake[]): void {
  const { onlyName } = definition;
  if (onlyName !== undefined && name.toLowerCase() !== onlyName)
    found.push({ target: 'name', message: `The name must be '${onlyName}', and is '${name}'.` });
  const fixed = definition.name;
  if (!fixed.pattern.test(name))
    found.push({
      target: 'name',
      message: `'${name}' is not a name of a ${definition.noun.toLowerCase()}: it must match ${fixed.pattern}.`,
    });
  if (name.length > fixed.maxLength)
    found.push({ target: 'name', message: `The name must have at most ${fixed.maxLength} characters.` });
  else if (Buffer.byteLength(name) > longestFolderName)
    found.push({
      target: 'name',
      message: `The name must have at most ${longestFolderName} bytes: it names a folder.`,
    });
}

/** File systems take 255 bytes, and a character may need three of them when it is encoded. */
const longestFolderName = 240;

const merged = (base: JsonValue | undefined, patch: JsonValue): JsonValue => {
  if (!isObject(patch)) return patch;
  const result: Record<string, JsonValue | undefined> = { ...(isObject(base) ? base : {}) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (value !== undefined) result[name] = merged(result[name], value);
  }
  return result;
};

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7396 over what a PUT of the present state would bring. */
function patched(existing: Stored, patch: ResourceBody, draft: Draft): ResourceBody {
  const shown = Object.fromEntries(
    (existing.definition.shownSecrets ?? []).flatMap((name) => {
      const secret = draft.secret(existing.key, name);
      return secret === undefined ? [] : [[name, JSON.parse(secret) as JsonValue]];
    }),
  );
  const base = { ...existing.envelope, properties: { ...existing.properties, ...shown } };
  const body = merged(base as unknown as JsonValue, patch as unknown as JsonValue) as unknown as ResourceBody;
  // In a PUT an absent identity means "as it is"; here it was taken away.
  return (patch.identity as unknown) === null ? { ...body, identity: { type: 'None' } } : body;
}

function takePolicy(
  definition: ResourceDefinition,
  body: ResourceBody,
  { policy }: ApplyContext,
  found: Mistake[],
): { readonly properties: JsonObject; readonly policy?: { readonly text: string; readonly format: 'xml' | 'rawxml' } } {
  const given = body.properties ?? {};
  if (definition.policy === undefined) return { properties: given };
  const { format: wanted, ...properties } = given;
  const format =
    typeof wanted === 'string' ? wanted.toLowerCase() : wanted === undefined || wanted === null ? 'xml' : '';
  const text = properties[definition.policy.property];
  if (format !== 'xml' && format !== 'rawxml') {
    found.push({
      target: 'format',
      message: `The format '${String(wanted)}' is not supported; expected xml or rawxml.`,
    });
    return { properties };
  }
  if (typeof text !== 'string' || text === '') return { properties };
  const complete = definition.policy.scope === 'fragment' ? text : policy.completeDocument(text);
  const raw = format === 'xml' ? policy.toRawXml(complete) : complete;
  return { properties: { ...properties, [definition.policy.property]: raw }, policy: { text, format } };
}

function takeSecrets(
  definition: ResourceDefinition,
  properties: JsonObject,
  known: Secrets,
  { random, isReplaced }: { readonly random: (bytes: number) => Buffer; readonly isReplaced: boolean },
): { readonly properties: JsonObject; readonly secrets: Secrets } {
  const rest: Record<string, JsonValue | undefined> = { ...properties };
  const secrets: Record<string, string> = { ...known };
  for (const name of definition.secrets) {
    const given = rest[name];
    if (definition.isSecret?.(name, properties) ?? true) {
      if (given !== undefined) secrets[name] = typeof given === 'string' ? given : JSON.stringify(given);
      else if (isReplaced && definition.shownSecrets?.includes(name)) delete secrets[name];
      delete rest[name];
    } else {
      // No longer a secret: it is a property like others from now on.
      const before = secrets[name];
      if (given === undefined && before !== undefined && !definition.shownSecrets?.includes(name)) rest[name] = before;
      if (given !== undefined || isReplaced || !definition.shownSecrets?.includes(name)) delete secrets[name];
    }
  }
  for (const [name, form] of Object.entries(definition.generated ?? {})) secrets[name] ??= newSecret(form, random);
  return { properties: rest, secrets };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function newSecret(form: 'hex32' | 'openAi' | 'base64', random: (bytes: number) => Buffer): string {
  switch (form) {
    case 'hex32':
      return random(16).toString('hex');
    case 'openAi': {
      // 84 characters, each one of 62; bytes from 248 on would make some likelier than others.
      let key = '';
      while (key.length < 84)
        for (const byte of random(128)) if (byte < 248 && key.length < 84) key += alphabet[byte % alphabet.length];
      return key;
    }
    case 'base64':
      return random(64).toString('base64');
    default:
      return form satisfies never;
  }
}

function withIdentity(envelope: Envelope, existing: Stored | undefined, isGiven: boolean): Envelope {
  const { identity, ...rest } = envelope;
  const chosen = isGiven ? identity : existing?.envelope.identity;
  return chosen?.type === 'SystemAssigned' ? { ...rest, identity: chosen } : rest;
}

function factsOf(
  { facts = [] }: ResourceDefinition,
  envelope: Envelope,
  known: Facts | undefined,
  { clock, random }: ApplyContext,
): Facts {
  const createdAt = known?.createdAt ?? new Date(clock.now()).toISOString();
  const hasIdentity = facts.includes('identity') && envelope.identity !== undefined;
  return {
    createdAt,
    ...(facts.includes('customerId') ? { customerId: known?.customerId ?? newGuid(random) } : {}),
    ...(hasIdentity
      ? { principalId: known?.principalId ?? newGuid(random), clientId: known?.clientId ?? newGuid(random) }
      : {}),
  };
}

function newGuid(random: (bytes: number) => Buffer): string {
  const bytes = Buffer.from(random(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What a new revision is made from: the API that `sourceApiId` names. */
function originOf(target: Target, { properties }: ResourceBody, draft: Draft): Stored | undefined {
  const source = properties?.['sourceApiId'];
  if (target.definition.type !== apiType || revisionOf(target.name).revision === undefined) return undefined;
  if (typeof source !== 'string') return undefined;
  const name = revisionOf(source.replace(/\/+$/, '').split('/').at(-1) ?? '');
  const plain = `${target.parent}/apis/${name.api}${name.revision === undefined ? '' : `;rev=${name.revision}`}`;
  const origin = draft.get(resolveRevision(plain, (key) => draft.get(key)).toLowerCase());
  if (origin === undefined) throw notFound(plain);
  return origin;
}

function copyBelow(origin: Stored, copy: { readonly id: string; readonly key: string }, draft: Draft): void {
  for (const below of descendants(draft, origin.key)) {
    if (below.definition.isExtension) continue;
    draft.put({
      ...below,
      id: `${copy.id}${below.id.slice(origin.id.length)}`,
      key: `${copy.key}${below.key.slice(origin.key.length)}`,
      parent: `${copy.key}${below.parent.slice(origin.key.length)}`,
      order: draft.nextOrder(),
      revision: draft.nextRevision(),
    });
  }
}

/** Where a file of the folder puts something; undefined: its type or id is not one that can be. */
export const targetOf = (id: string, draft: Draft): Target => resolve(id, draft);
