import type { JsonObject } from '@vigia/contract';
import { etagOf } from './apply-change.ts';
import type { Stored, World } from './definition.ts';
import type { Resource } from './interface.ts';

const unset = (defaults: JsonObject = {}, given: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(defaults).filter(([name]) => given[name] === undefined));

/** A resource as a GET answers it. */
export function showResource(stored: Stored, world: World): Resource {
  const { id, name, definition, envelope, properties, facts } = stored;
  const { identity, ...rest } = envelope;
  return {
    id,
    type: definition.type,
    name,
    ...rest,
    ...(identity === undefined || facts.principalId === undefined
      ? {}
      : { identity: { type: identity.type, principalId: facts.principalId, tenantId: world.tenantId } }),
    properties: { ...properties, ...unset(definition.defaults, properties), ...definition.show?.(stored, world) },
    etag: etagOf(stored),
  };
}
