import { Problem } from '@vigia/problem';

/** `/subscriptions/{s}`, a resource group, or `{scope}/providers/{namespace}/{type}/{name}/…`. */
export interface ResourceTarget {
  readonly kind: 'resource';
  readonly id: string;
  /** As written: `Microsoft.ApiManagement/service/apis`. */
  readonly type: string;
  readonly name: string;
  /** What stands before the last `/providers/`; empty for the tenant. */
  readonly scope: string;
  /** The resource above; empty where that is the tenant. */
  readonly parentId: string;
  readonly parentType: string | undefined;
}

/** What stands below a resource or scope without a name of its own: a collection, or an action. */
export interface CollectionTarget {
  readonly kind: 'collection';
  /** `Microsoft.ApiManagement/service/apis`; for an action likewise: `…/service/subscriptions/listSecrets`. */
  readonly type: string;
  /** `apis`, `listSecrets`. */
  readonly segment: string;
  readonly scope: string;
  readonly parentId: string;
  readonly parentType: string | undefined;
}

/** `{scope}/providers/{namespace}`. */
export interface ProviderTarget {
  readonly kind: 'provider';
  readonly scope: string;
  readonly namespace: string;
}

export type ArmTarget = ResourceTarget | CollectionTarget | ProviderTarget;

export const subscriptionType = 'Microsoft.Resources/subscriptions';
export const groupType = 'Microsoft.Resources/resourceGroups';

/**
 * Takes the path of a request apart. Segments that ARM itself names are known in any case; everything else is kept as
 * written, and the store finds resources without regard to case.
 * @param path as it came: percent-encoded, without the query.
 */
export function parseArmPath(path: string): ArmTarget | undefined {
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeSegment);
  const is = (index: number, word: string): boolean => segments[index]?.toLowerCase() === word;

  let scope = '';
  let scopeType: string | undefined;
  let scopeName = '';
  let scopeParent = '';
  let scopeParentType: string | undefined;
  let at = 0;
  if (is(0, 'subscriptions')) {
    if (segments.length === 1) return collection({ type: subscriptionType, segment: 'subscriptions' });
    scopeName = segments[1] ?? '';
    scope = `/subscriptions/${scopeName}`;
    scopeType = subscriptionType;
    at = 2;
    if (is(2, 'resourcegroups')) {
      if (segments.length === 3) {
        return collection({ type: groupType, segment: 'resourceGroups', scope, scopeType });
      }
      scopeParent = scope;
      scopeParentType = subscriptionType;
      scopeName = segments[3] ?? '';
      scope = `${scope}/resourceGroups/${scopeName}`;
      scopeType = groupType;
      at = 4;
    }
  }
  if (at === segments.length && scopeType !== undefined) {
    return {
      kind: 'resource',
      id: scope,
      type: scopeType,
      name: scopeName,
      scope: scopeParent,
      parentId: scopeParent,
      parentType: scopeParentType,
    };
  }
  if (!is(at, 'providers')) {
    if (segments.length !== at + 1) return undefined;
    const segment = segments[at] ?? '';
    const type = `${scopeType ?? 'Microsoft.Resources'}/${segment}`;
    return collection({ type, segment, scope, scopeType });
  }
  return parseProviders(segments, at, scope, scopeType);
}

function parseProviders(
  segments: readonly string[],
  start: number,
  base: string,
  baseType: string | undefined,
): ArmTarget {
  let scope = base;
  let scopeType = baseType;
  let at = start;
  for (;;) {
    const namespace = segments[at + 1];
    if (namespace === undefined) {
      return collection({
        type: `${scopeType ?? 'Microsoft.Resources'}/providers`,
        segment: 'providers',
        scope,
        scopeType,
      });
    }
    at += 2;
    if (at === segments.length) return { kind: 'provider', scope, namespace };
    let id = `${scope}/providers/${namespace}`;
    let type = namespace;
    let name = '';
    let parentId = scope;
    let parentType = scopeType;
    while (at < segments.length && segments[at]?.toLowerCase() !== 'providers') {
      const segment = segments[at] ?? '';
      const isFirst = type === namespace;
      if (at + 1 === segments.length) {
        return {
          kind: 'collection',
          type: `${type}/${segment}`,
          segment,
          scope,
          parentId: isFirst ? scope : id,
          parentType: isFirst ? scopeType : type,
        };
      }
      parentId = isFirst ? scope : id;
      parentType = isFirst ? scopeType : type;
      name = segments[at + 1] ?? '';
      id = `${id}/${segment}/${name}`;
      type = `${type}/${segment}`;
      at += 2;
    }
    if (at === segments.length) return { kind: 'resource', id, type, name, scope, parentId, parentType };
    scope = id;
    scopeType = type;
  }
}

const collection = (given: {
  type: string;
  segment: string;
  scope?: string;
  scopeType?: string | undefined;
}): CollectionTarget => ({
  kind: 'collection',
  type: given.type,
  segment: given.segment,
  scope: given.scope ?? '',
  parentId: given.scope ?? '',
  parentType: given.scopeType,
});

function decodeSegment(segment: string): string {
  const decoded = decode(segment);
  if (decoded === undefined || decoded === '' || decoded === '.' || decoded === '..' || /[/\\\p{Cc}]/u.test(decoded)) {
    throw new Problem({
      code: 'InvalidRequestUri',
      status: 400,
      message: `The path segment ${JSON.stringify(segment)} is empty or not a name: it may not hold slashes, control characters or an incomplete percent-encoding.`,
    });
  }
  return decoded;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // The only failure is a malformed percent-encoding; the caller names the segment.
    return undefined;
  }
}

/** `Microsoft.ApiManagement` of `Microsoft.ApiManagement/service/apis`. */
export const namespaceOf = (type: string): string => type.split('/')[0] ?? type;

export const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const groupOf = (id: string): string | undefined =>
  /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(id)?.[1];

/** Whether `id` is `above` itself or lies below it. */
export const isWithin = (id: string, above: string): boolean =>
  `${id.toLowerCase()}/`.startsWith(`${above.toLowerCase().replace(/\/$/, '')}/`);
