import type { BackendSnapshot, JsonObject, JsonValue } from '@vigia/contract';
import { z } from 'zod';
import { list, object, type ResourceDefinition, type Stored, text, type World } from '../definition.ts';
import { anyRecord, nameText, oneOf, textUpTo } from '../schema-parts.ts';
import { absoluteKey, relativeId, serviceEntity, serviceKeyOf, serviceType, shownId } from './service-entity.ts';

export const backendType = `${serviceType}/backends`;

/** ISO 8601 as far as it says a fixed time: `PT10S`, `PT1H30M`, `P1D`. */
const duration = z.string().regex(/^P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?$/);

const circuitBreaker = z.object({
  rules: z
    .array(
      z.object({
        name: nameText(80),
        failureCondition: z.object({
          count: z.number().int().min(1).optional(),
          percentage: z.number().optional(),
          interval: duration,
          statusCodeRanges: z
            .array(z.object({ min: z.number().int().min(200).max(599), max: z.number().int().min(200).max(599) }))
            .max(10)
            .optional(),
          errorReasons: z.array(z.string()).max(10).optional(),
        }),
        tripDuration: duration,
        acceptRetryAfter: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(15),
});

const share = z.number().int().min(0).max(100);

const backends = serviceEntity('backends', {
  noun: 'Backend',
  secrets: ['credentials'],
  shownSecrets: ['credentials'],
  isSecret: (_name, properties) => hasLiteral(properties['credentials']),
  properties: z.object({
    title: textUpTo(300).optional(),
    description: textUpTo(2000).optional(),
    type: oneOf('Single', 'Pool').optional(),
    url: nameText(2000).optional(),
    protocol: oneOf('http', 'soap').optional(),
    resourceId: z.string().optional(),
    credentials: z
      .object({
        certificateIds: z.array(z.string()).optional(),
        certificate: z.array(z.string()).optional(),
        query: z.record(z.string(), z.array(z.string())).optional(),
        header: z.record(z.string(), z.array(z.string())).optional(),
        authorization: z
          .object({ scheme: z.string().min(1).max(100), parameter: z.string().min(1).max(300) })
          .optional(),
        managedIdentity: z.object({ resource: z.string(), clientId: z.string().optional() }).optional(),
      })
      .optional(),
    proxy: anyRecord.optional(),
    tls: z
      .object({ validateCertificateChain: z.boolean().optional(), validateCertificateName: z.boolean().optional() })
      .optional(),
    properties: anyRecord.optional(),
    circuitBreaker: circuitBreaker.optional(),
    pool: z
      .object({
        services: z
          .array(z.object({ id: z.string().min(1), priority: share.optional(), weight: share.optional() }))
          .min(1)
          .max(30),
        sessionAffinity: anyRecord.optional(),
      })
      .optional(),
  }),
  place: { kind: 'folder', folder: 'backends', file: 'backendInformation.json' },
  normalize(properties, { parent, name }) {
    const pool = object(properties['pool']);
    if (properties['pool'] === undefined) return properties;
    const services = list(pool['services'])
      .map(object)
      .map((one) => ({ ...one, id: relativeId(text(one['id']), `${parent}/backends/${name}`) }));
    return { ...properties, pool: { ...pool, services } };
  },
  references: (resource) =>
    membersOf(resource).map(({ id }, index) => ({
      property: `pool.services[${index}].id`,
      to: absoluteKey(text(id), resource.key),
      noun: 'Backend',
      onDelete: 'refuse',
    })),
  show(resource, world) {
    const credentials = credentialsOf(resource, world);
    const service = world.get(serviceKeyOf(resource.key))?.id ?? '';
    const services = membersOf(resource).map((one) => ({ ...one, id: shownId(text(one['id']), service) }));
    return {
      type: isPool(resource) ? 'Pool' : 'Single',
      ...(credentials === undefined ? {} : { credentials }),
      ...(isPool(resource) ? { pool: { ...object(resource.properties['pool']), services } } : {}),
    };
  },
  check(resource, world, report) {
    const { url, protocol, type, proxy, circuitBreaker: breaker, pool } = resource.properties;
    if (type === 'Pool' && pool === undefined) report('pool', "'pool' is required.");
    if (type === 'Single' && pool !== undefined) report('type', "A backend with members is of the type 'Pool'.");
    if (isPool(resource)) checkPool(resource, world, report);
    else {
      if (url === undefined) report('url', "'url' is required.");
      else if (!/^https?:\/\//i.test(text(url)) || !URL.canParse(text(url)))
        report('url', `'${text(url)}' is not an absolute http or https URL.`);
      if (protocol === undefined) report('protocol', "'protocol' is required.");
      else if (protocol === 'soap')
        report('protocol', "The protocol 'soap' is not supported by Vigia; expected 'http'.");
    }
    if (proxy !== undefined) report('proxy', 'A proxy of a backend is not supported by Vigia yet.');
    const rules = list(object(breaker)['rules']).map(object);
    if (rules.length > 1) report('circuitBreaker.rules', 'More than one rule is not supported by Vigia yet.');
    rules.forEach(({ failureCondition }, index) => {
      const { count, percentage, statusCodeRanges, errorReasons } = object(failureCondition);
      const target = `circuitBreaker.rules[${index}].failureCondition`;
      if (percentage !== undefined)
        report(`${target}.percentage`, "A percentage is not supported by Vigia yet; give 'count'.");
      else if (count === undefined) report(`${target}.count`, `'${target}.count' is required.`);
      if (list(statusCodeRanges).length === 0 && list(errorReasons).length === 0)
        report(target, 'Nothing counts as a failure: give statusCodeRanges or errorReasons.');
    });
    const given = credentialsOf(resource, world) ?? {};
    for (const name of ['certificateIds', 'certificate'])
      if (list(given[name]).length > 0)
        report(`credentials.${name}`, 'Client certificates are not supported by Vigia yet.');
  },
});

const isPool = ({ properties }: Stored): boolean => properties['pool'] !== undefined || properties['type'] === 'Pool';
const membersOf = ({ properties }: Stored): readonly JsonObject[] =>
  list(object(properties['pool'])['services']).map(object);

function checkPool(...[resource, world, report]: Parameters<NonNullable<ResourceDefinition['check']>>): void {
  const { url, circuitBreaker: breaker, pool } = resource.properties;
  if (url !== undefined) report('url', 'A pool has no URL of its own.');
  if (breaker !== undefined) report('circuitBreaker', 'A pool has no circuit breaker; its members have them.');
  if (object(pool)['sessionAffinity'] !== undefined)
    report('pool.sessionAffinity', 'Session affinity is not supported by Vigia yet.');
  membersOf(resource).forEach(({ id }, index) => {
    const member = world.get(absoluteKey(text(id), resource.key));
    if (member !== undefined && isPool(member))
      report(`pool.services[${index}].id`, `'${member.name}' is a pool itself and cannot be a member.`);
  });
}

/** Whether a key or token stands in it in clear, and not as a named value (`{{key}}`). */
function hasLiteral(credentials: JsonValue | undefined): boolean {
  const { header, query, authorization } = object(credentials);
  const values = [
    ...Object.values(object(header)).flatMap((value) => list(value)),
    ...Object.values(object(query)).flatMap((value) => list(value)),
    object(authorization)['parameter'],
  ];
  return values.some((value) => typeof value === 'string' && !/\{\{[^{}]+\}\}/.test(value));
}

/** From the file, or from the vault. */
export function credentialsOf(backend: Stored, world: Pick<World, 'secret'>): JsonObject | undefined {
  const secret = world.secret(backend.key, 'credentials');
  if (secret !== undefined) return JSON.parse(secret) as JsonObject;
  const { credentials } = backend.properties;
  return credentials === undefined ? undefined : object(credentials);
}

/** How a backend is chosen and when it is left alone, as the gateway reads it. */
export function choiceOf(backend: Stored): Pick<BackendSnapshot, 'pool' | 'circuitBreaker'> {
  const [rule] = list(object(backend.properties['circuitBreaker'])['rules']).map(object);
  const condition = object(rule?.['failureCondition']);
  return {
    ...(isPool(backend)
      ? {
          pool: {
            services: membersOf(backend).map(({ id, priority, weight }) => ({
              id: text(id).split('/').at(-1) ?? '',
              priority: numberOr(priority, 0),
              weight: numberOr(weight, 1),
            })),
          },
        }
      : {}),
    ...(rule === undefined
      ? {}
      : {
          circuitBreaker: {
            count: numberOr(condition['count'], 1),
            interval: milliseconds(text(condition['interval'])),
            tripDuration: milliseconds(text(rule['tripDuration'])),
            acceptRetryAfter: rule['acceptRetryAfter'] === true,
            statusCodeRanges: list(condition['statusCodeRanges'])
              .map(object)
              .map(({ min, max }) => ({ min: numberOr(min, 200), max: numberOr(max, 599) })),
            countsErrors: list(condition['errorReasons']).length > 0,
          },
        }),
  };
}

const numberOr = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

function milliseconds(iso: string): number {
  const part = (unit: string): number => Number(new RegExp(`([\\d.]+)${unit}`).exec(iso)?.[1] ?? 0);
  return Math.round((((part('D') * 24 + part('H')) * 60 + part('M')) * 60 + part('S')) * 1000);
}

export const backendTypes: readonly ResourceDefinition[] = [backends];
