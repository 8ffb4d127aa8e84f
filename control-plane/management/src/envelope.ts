import type { Resource } from '@vigia/resource';
import { namespaceOf, sameText } from './arm-path.ts';
import { quoted } from './preconditions.ts';
import type { TypeFacts } from './type-registry.ts';

/** Types whose body carries the etag, and how each provider writes it. */
function etagOf(resource: Resource, facts: TypeFacts | undefined): { readonly etag?: string } {
  const namespace = namespaceOf(resource.type);
  if (sameText(namespace, 'Microsoft.CognitiveServices')) return { etag: quoted(resource.etag) };
  if (sameText(namespace, 'Microsoft.Resources') || !facts?.isTracked) return {};
  return sameText(namespace, 'Microsoft.ApiManagement') ? { etag: resource.etag } : { etag: quoted(resource.etag) };
}

/** A resource as ARM writes it. */
export function toEnvelope(resource: Resource, facts: TypeFacts | undefined): Readonly<Record<string, unknown>> {
  const { id, type, name, location, kind, tags, sku, identity, properties } = resource;
  return {
    id,
    type,
    name,
    ...(location === undefined ? {} : { location }),
    ...(kind === undefined ? {} : { kind }),
    ...(tags === undefined && !facts?.isTracked ? {} : { tags: tags ?? {} }),
    ...(sku === undefined ? {} : { sku }),
    ...(identity === undefined ? {} : { identity }),
    ...etagOf(resource, facts),
    properties,
  };
}
