import type { JsonObject } from '@vigia/contract';
import type { z } from 'zod';
import type { ResourceDefinition } from '../definition.ts';

export const serviceType = 'Microsoft.ApiManagement/service';

/** Names of things in a service; a few have rules of their own. */
export const entityName = { pattern: /^[^*#&+:<>?]+$/, maxLength: 256 };

type Given = Pick<ResourceDefinition, 'noun' | 'place'> & {
  readonly properties: z.ZodObject;
} & Partial<Omit<ResourceDefinition, 'type' | 'noun' | 'place' | 'properties'>>;

/** What all types below a service have in common. `path`: `apis/operations`. */
export const serviceEntity = (path: string, given: Given): ResourceDefinition => ({
  type: `${serviceType}/${path}`,
  isExtension: false,
  isTracked: false,
  secrets: [],
  needsIfMatch: true,
  name: entityName,
  envelope: [],
  readOnly: ['provisioningState'],
  mistakeCode: 'ValidationError',
  ...given,
});

/** Key of the service that something is in. */
export const serviceKeyOf = (key: string): string => {
  const [head, rest] = key.split('/providers/microsoft.apimanagement/service/');
  return rest === undefined ? key : `${head}/providers/microsoft.apimanagement/service/${rest.split('/')[0]}`;
};

/** `/apis/x`, `apis/x` and the full id of the same service → `/apis/x`; of another service: unchanged. */
export function relativeId(id: string, key: string): string {
  const trimmed = id.replace(/\/+$/, '');
  const service = serviceKeyOf(key);
  if (trimmed.toLowerCase() === service) return '/';
  if (trimmed.toLowerCase().startsWith(`${service}/`)) return trimmed.slice(service.length);
  const shortened = /^\/providers\/microsoft\.apimanagement\/service\/[^/]+(\/.*)?$/i.exec(trimmed);
  if (shortened !== null) return shortened[1] ?? '/';
  return trimmed.startsWith('/') ? trimmed : `/${trimmed}`;
}

/** Key of what a relative id means. */
export const absoluteKey = (relative: string, key: string): string =>
  /^\/subscriptions\//i.test(relative)
    ? relative.toLowerCase()
    : relative === '/'
      ? serviceKeyOf(key)
      : `${serviceKeyOf(key)}${relative.toLowerCase()}`;

/** The full id for a GET, with the service's own casing. */
export const shownId = (relative: string, serviceId: string): string =>
  /^\/subscriptions\//i.test(relative) ? relative : relative === '/' ? serviceId : `${serviceId}${relative}`;

/** The properties with one id made relative, where it is given. */
export const withRelative = (properties: JsonObject, name: string, key: string): JsonObject => {
  const id = properties[name];
  return typeof id === 'string' && id !== '' ? { ...properties, [name]: relativeId(id, key) } : properties;
};
