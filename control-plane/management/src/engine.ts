import { type Change, notFound, parentNotFound, type Resource } from '@vigia/resource';
import { checkApiVersion } from './api-version.ts';
import { readResourceBody } from './arm-body.ts';
import { type ArmAnswer, type ArmCall, parameter } from './arm-call.ts';
import { type CollectionTarget, namespaceOf, type ResourceTarget, sameText, subscriptionType } from './arm-path.ts';
import { toEnvelope } from './envelope.ts';
import { filterBy } from './filter.ts';
import { listAnswer } from './list-answer.ts';
import { checkPreconditions, quoted, requireIfMatch } from './preconditions.ts';
import { invalidNamespace, invalidType, methodNotAllowed, notSupportedHere } from './refusals.ts';
import type { TypeFacts } from './type-registry.ts';

/** Answers one call: a route of a provider's where there is one, else create, read, update, delete of a stored type. */
export async function answerArmCall(call: ArmCall): Promise<ArmAnswer> {
  const { target } = call;
  const { registry } = call.context;
  checkApiVersion(parameter(call, 'api-version'));
  checkSubscription(call);
  if (target.kind === 'provider') return answerRoute(call, 'Microsoft.Resources/providers/{name}');
  if (isRegistration(target)) return answerRoute(call, 'Microsoft.Resources/providers/register');
  if (registry.provider(namespaceOf(target.type)) === undefined) throw invalidNamespace(namespaceOf(target.type));

  const path = target.kind === 'resource' ? `${target.type}/{name}` : target.type;
  if (registry.methods(path).length > 0) return answerRoute(call, path);
  const facts = registry.type(target.type);
  if (facts === undefined) throw unknownType(call, target);
  return target.kind === 'resource' ? answerResource(call, target, facts) : answerCollection(call, target, facts);
}

function checkSubscription({ url, context }: ArmCall): void {
  const [, named] = /^\/subscriptions\/([^/]+)/i.exec(url.path) ?? [];
  if (named !== undefined && !sameText(named, context.subscriptionId)) throw notFound(`/subscriptions/${named}`);
}

/** `POST /subscriptions/{s}/providers/{namespace}/register`. */
const isRegistration = (target: ResourceTarget | CollectionTarget): boolean =>
  target.kind === 'collection' &&
  /^register$/i.test(target.segment) &&
  sameText(target.parentType ?? '', subscriptionType);

async function answerRoute(call: ArmCall, path: string): Promise<ArmAnswer> {
  const { registry } = call.context;
  const route = registry.route(call.method, path);
  if (route === undefined) {
    throw methodNotAllowed(call.method, `'${path.replace('/{name}', '')}'`, registry.methods(path));
  }
  const parent = call.target.kind === 'provider' ? undefined : requireParent(call, call.target);
  return route.run(call, parent);
}

function unknownType(call: ArmCall, target: ResourceTarget | CollectionTarget) {
  const { registry } = call.context;
  if (registry.isNotHere(target.type)) return notSupportedHere(`The resource type '${target.type}'`);
  const isAction = call.method === 'POST' && target.kind === 'collection' && target.parentType !== undefined;
  if (isAction && registry.type(target.parentType) !== undefined) {
    return notSupportedHere(`The action '${target.segment}' of '${target.parentType}'`);
  }
  return invalidType(target.type, parameter(call, 'api-version') ?? '');
}

/* ---- parents ---- */

/** The stored resource that the target lies below; undefined below a subscription or the tenant. */
function requireParent(call: ArmCall, target: ResourceTarget | CollectionTarget): Resource | undefined {
  const { parentId, parentType } = target;
  if (parentType === undefined || sameText(parentType, subscriptionType)) return undefined;
  const facts = call.context.registry.type(parentType);
  // Above it stands nothing that is stored (`…/locations/eastus`).
  if (facts === undefined) return undefined;
  const parent = call.context.store.get(parentId);
  if (parent === undefined) throw notFound(firstMissing(call, parentId));
  return parent;
}

/** Of a missing resource and all that is above it, the topmost that is missing: Azure names that one. */
function firstMissing(call: ArmCall, id: string): string {
  const { store, registry } = call.context;
  const segments = id.split('/');
  for (let length = 5; length < segments.length; length += 2) {
    const above = segments.slice(0, length).join('/');
    const type = typeOfId(above);
    if (type !== undefined && registry.type(type) !== undefined && store.get(above) === undefined) return above;
  }
  return id;
}

/** Undefined where the id ends in a namespace or at a type. */
function typeOfId(id: string): string | undefined {
  if (/^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(id)) return 'Microsoft.Resources/resourceGroups';
  const [namespace, ...rest] = (id.split(/\/providers\//i).at(-1) ?? '').split('/');
  if (!/\/providers\//i.test(id) || namespace === undefined || rest.length === 0 || rest.length % 2 === 1) {
    return undefined;
  }
  return [namespace, ...rest.filter((_, index) => index % 2 === 0)].join('/');
}

/* ---- one resource ---- */

const resourceMethods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const;

async function answerResource(call: ArmCall, target: ResourceTarget, facts: TypeFacts): Promise<ArmAnswer> {
  const { method } = call;
  const allowed = resourceMethods.filter((each) => !facts.rules.without?.includes(each));
  if (method === 'POST' || !allowed.includes(method)) throw methodNotAllowed(method, `'${facts.type}'`, allowed);
  switch (method) {
    case 'GET':
    case 'HEAD':
      return read(call, existingOf(call, target), facts);
    case 'PUT':
      return put(call, target, facts);
    case 'PATCH':
      return patch(call, target, facts);
    case 'DELETE':
      return remove(call, target, facts);
    default:
      return method satisfies never;
  }
}

function existingOf(call: ArmCall, target: ResourceTarget): Resource {
  const resource = call.context.store.get(target.id);
  if (resource === undefined) throw notFound(firstMissing(call, target.id));
  return resource;
}

const isApiManagement = (facts: TypeFacts): boolean => sameText(namespaceOf(facts.type), 'Microsoft.ApiManagement');

function read(call: ArmCall, resource: Resource, facts: TypeFacts): ArmAnswer {
  const headers = { etag: quoted(resource.etag) };
  if (call.method === 'HEAD') {
    const status = facts.rules.headStatus ?? (isApiManagement(facts) ? 200 : 204);
    return { status, headers };
  }
  return facts.rules.read?.(resource, call) ?? shown(call, resource, facts, 200);
}

const shown = (call: ArmCall, resource: Resource, facts: TypeFacts, status: number): ArmAnswer => ({
  status,
  body: toEnvelope(facts.rules.show?.(resource, call) ?? resource, facts),
  headers: { etag: quoted(resource.etag) },
});

async function put(call: ArmCall, target: ResourceTarget, facts: TypeFacts): Promise<ArmAnswer> {
  const { store, writes } = call.context;
  const body = readResourceBody(call.body);
  // Before anything slow: an import below a service that is not there fetches nothing.
  requireWritableParent(call, target);
  const changesOf = await facts.rules.put?.(call, body);
  return writes.run(async () => {
    const existing = store.get(target.id);
    const precondition = checkPreconditions(call, existing);
    const changes = changesOf?.(existing) ?? [{ kind: 'put', id: target.id, body } as const];
    const [result] = await store.change(withPrecondition(changes, precondition));
    const resource = result?.resource;
    if (result === undefined || resource === undefined) throw new Error(`PUT ${target.id} left no resource`);
    return shown(call, resource, facts, result.existed ? 200 : (facts.rules.createdStatus ?? 201));
  });
}

const withPrecondition = (changes: readonly Change[], precondition: { readonly ifMatch?: string }): readonly Change[] =>
  changes.map((change, index) =>
    index === 0 && (change.kind === 'put' || change.kind === 'patch') ? { ...change, ...precondition } : change,
  );

function requireWritableParent(call: ArmCall, { parentId, parentType }: ResourceTarget): void {
  if (parentType === undefined || call.context.registry.type(parentType) === undefined) return;
  if (call.context.store.get(parentId) === undefined) throw parentNotFound(firstMissing(call, parentId));
}

async function patch(call: ArmCall, target: ResourceTarget, facts: TypeFacts): Promise<ArmAnswer> {
  const { store, writes } = call.context;
  if (facts.needsIfMatch) requireIfMatch(call);
  const body = readResourceBody(call.body);
  return writes.run(async () => {
    const precondition = checkPreconditions(call, existingOf(call, target));
    const [result] = await store.change([{ kind: 'patch', id: target.id, body, ...precondition }]);
    if (result?.resource === undefined) throw new Error(`PATCH ${target.id} left no resource`);
    return shown(call, result.resource, facts, 200);
  });
}

async function remove(call: ArmCall, target: ResourceTarget, facts: TypeFacts): Promise<ArmAnswer> {
  const { store, writes } = call.context;
  if (facts.needsIfMatch) requireIfMatch(call);
  requireParent(call, target);
  return writes.run(async () => {
    const existing = store.get(target.id);
    if (existing === undefined) return { status: 204 };
    const precondition = checkPreconditions(call, existing);
    const before = facts.rules.deleteWith?.(existing, call) ?? [];
    await store.change([...before, { kind: 'delete', id: existing.id, ...precondition }]);
    return { status: 200 };
  });
}

/* ---- lists ---- */

const byName = filterBy<Resource>({ fields: { name: ({ name }) => name } });

function answerCollection(call: ArmCall, target: CollectionTarget, facts: TypeFacts): ArmAnswer {
  if (call.method !== 'GET' && call.method !== 'HEAD') {
    throw methodNotAllowed(call.method, `the list of '${facts.type}'`, ['GET']);
  }
  requireParent(call, target);
  const below = call.context.store.list({ type: facts.type, under: target.parentId || '/' });
  return listAnswer(call, facts.rules.list?.(call, below) ?? below, {
    filter: facts.rules.filter ?? byName,
    hasCount: isApiManagement(facts) && !facts.isTracked,
    show: (resource) => toEnvelope(facts.rules.show?.(resource, call) ?? resource, facts),
  });
}
