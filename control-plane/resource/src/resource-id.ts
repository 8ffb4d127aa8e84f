import { definitionOf, spellingOf } from './type-table.ts';

/** An ARM id, taken apart. Names keep the casing that was given; types get Azure's where they are known. */
export interface ResourceId {
  /** Canonical: Azure's casing of fixed segments, lower case subscription, no slash at the end. */
  readonly id: string;
  /** `id` in lower case: what two ids are compared by. */
  readonly key: string;
  /** `Microsoft.ApiManagement/service/apis`; `Microsoft.Resources/subscriptions` for a subscription itself. */
  readonly type: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup?: string;
  /** The id one level up; of an extension: what it is attached to; absent for a subscription. */
  readonly parent?: string;
  /** What an extension is attached to; absent for everything else. */
  readonly scope?: string;
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isGuid = (text: string): boolean => guid.test(text);

export const keyOf = (id: string): string => id.replace(/\/+$/, '').toLowerCase();

/** undefined: not an ARM id of a subscription or of something in it. */
export function parseResourceId(text: string): ResourceId | undefined {
  const segments = text.replace(/\/+$/, '').split('/');
  if (segments[0] !== '' || segments[1]?.toLowerCase() !== 'subscriptions') return undefined;
  if (segments.slice(1).some((segment) => segment === '')) return undefined;
  const subscriptionId = segments[2]?.toLowerCase();
  if (subscriptionId === undefined) return undefined;
  let found: ResourceId = make(`/subscriptions/${subscriptionId}`, {
    type: 'Microsoft.Resources/subscriptions',
    name: subscriptionId,
    subscriptionId,
  });
  let at = 3;
  if (segments[at]?.toLowerCase() === 'resourcegroups') {
    const name = segments[at + 1];
    if (name === undefined) return undefined;
    const type = 'Microsoft.Resources/resourceGroups';
    found = make(`${found.id}/resourceGroups/${name}`, {
      type,
      name,
      subscriptionId,
      resourceGroup: name,
      parent: found.id,
    });
    at += 2;
  }
  while (at < segments.length) {
    if (segments[at]?.toLowerCase() !== 'providers') return undefined;
    const namespace = segments[at + 1];
    if (namespace === undefined || at + 3 >= segments.length) return undefined;
    const scope = found;
    let type = namespace;
    at += 2;
    while (at < segments.length && segments[at]?.toLowerCase() !== 'providers') {
      const name = segments[at + 1];
      if (name === undefined) return undefined;
      const isFirst = type === namespace;
      type = spellingOf(`${type}/${segments[at]}`);
      const own = type.slice(type.lastIndexOf('/') + 1);
      const prefix = isFirst ? `${scope.id}/providers/${type.slice(0, type.indexOf('/'))}` : found.id;
      const isExtension = definitionOf(type)?.isExtension ?? scope.type.split('/')[0] !== 'Microsoft.Resources';
      found = make(`${prefix}/${own}/${name}`, {
        type,
        name,
        subscriptionId,
        ...(scope.resourceGroup === undefined ? {} : { resourceGroup: scope.resourceGroup }),
        parent: isFirst ? scope.id : found.id,
        ...(isFirst && isExtension ? { scope: scope.id } : {}),
      });
      at += 2;
    }
  }
  return found;
}

const make = (id: string, facts: Omit<ResourceId, 'id' | 'key'>): ResourceId => ({
  id,
  key: id.toLowerCase(),
  ...facts,
});

/** Canonical id, or undefined where the text is no ARM id. */
export const canonicalId = (text: string): string | undefined => parseResourceId(text)?.id;
