import type { JsonObject } from '@vigia/contract';
import { notFound } from '@vigia/resource';
import type { ArmCall } from '../../arm-call.ts';
import { sameText } from '../../arm-path.ts';
import type { GatewayTracing } from '../../management-options.ts';
import { notSupportedHere, validationError } from '../../refusals.ts';
import { type ArmRoute, json } from '../../rules.ts';
import { serviceType } from './service-id.ts';

const type = `${serviceType}/gateways`;
const longestMs = 3_600_000;

/** The service's own gateway is not stored: it is there where the service is. */
function serviceOf({ target, context }: ArmCall): { readonly serviceId: string; readonly tracing: GatewayTracing } {
  const [, service = '', gateway = ''] =
    target.kind === 'provider' ? [] : (/^(.*)\/gateways\/([^/]+)$/i.exec(target.parentId) ?? []);
  const found = context.store.get(service);
  if (found === undefined) throw notFound(service);
  if (!sameText(gateway, 'managed')) throw notFound(`${found.id}/gateways/${gateway}`);
  if (context.tracing === undefined) throw notSupportedHere('Tracing');
  return { serviceId: found.id, tracing: context.tracing };
}

/** `/apis/{id}`, an ARM id, or the name; without a revision. */
function apiOf({ context }: ArmCall, serviceId: string, body: JsonObject): string {
  const given = body['apiId'];
  const name = typeof given === 'string' ? (given.split('/').at(-1) ?? '').replace(/;rev=.*$/i, '') : '';
  const api = name === '' ? undefined : context.store.get(`${serviceId}/apis/${name}`);
  if (api === undefined) throw validationError([{ target: 'apiId', message: 'API not found.' }]);
  return api.name;
}

/** `PT30M`: hours, minutes and seconds, up to an hour. */
function lifetimeOf(body: JsonObject): number {
  const given = body['credentialsExpireAfter'] ?? 'PT1H';
  const [, hours, minutes, seconds] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/i.exec(String(given)) ?? [];
  const milliseconds = (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
  if (milliseconds > 0 && milliseconds <= longestMs) return milliseconds;
  const message = `A duration of up to an hour (PT1H) was expected; '${String(given)}' was found.`;
  throw validationError([{ target: 'credentialsExpireAfter', message }]);
}

export const gatewayTracingRoutes: readonly ArmRoute[] = [
  {
    method: 'POST',
    path: `${type}/listDebugCredentials`,
    run(call) {
      const { serviceId, tracing } = serviceOf(call);
      const body = call.body ?? {};
      const apiId = apiOf(call, serviceId, body);
      const purposes = body['purposes'];
      if (!Array.isArray(purposes) || purposes.length !== 1 || purposes[0] !== 'tracing') {
        throw validationError([{ target: 'purposes', message: 'Expected ["tracing"].' }]);
      }
      return json({
        token: tracing.credentials({ serviceId, apiId, expiresAt: call.context.clock.now() + lifetimeOf(body) }),
      });
    },
  },
  {
    method: 'POST',
    path: `${type}/listTrace`,
    async run(call) {
      const { serviceId, tracing } = serviceOf(call);
      const traceId = call.body?.['traceId'];
      if (typeof traceId !== 'string' || traceId === '') {
        throw validationError([{ target: 'traceId', message: 'The id of a trace was expected.' }]);
      }
      const trace = await tracing.trace(serviceId, traceId);
      if (trace === undefined) throw notFound(`${serviceId}/gateways/managed/traces/${traceId}`);
      return json(trace);
    },
  },
];
