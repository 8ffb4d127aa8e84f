import type { PolicyContext } from '../context.ts';
import { definePolicy, expression, refusedValue } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

/** Says what is wrong with a service URL; undefined: nothing. */
export function checkBaseUrl(value: string): string | undefined {
  if (/^https?:\/\/https?:/i.test(value)) {
    return `The base-url '${value}' has its scheme twice: give the host without 'https://' where the text already begins with it.`;
  }
  if (!/^https?:\/\//i.test(value)) return `The base-url '${value}' must begin with https:// or http://.`;
  if (!URL.canParse(value) || new URL(value).hostname === '')
    return `The base-url '${value}' is not a URL with a host.`;
  const url = new URL(value);
  if (url.search !== '' || url.hash !== '') return `The base-url '${value}' must not have a query or a fragment.`;
  if (/^https?:\/\/[^/]*\/\//i.test(value)) {
    return `The base-url '${value}' has two slashes behind the host: give the host without a trailing slash.`;
  }
  return undefined;
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

const ownBasePath = (context: PolicyContext): string => {
  const url = context.api?.serviceUrl;
  return url !== undefined && URL.canParse(url) ? withoutSlash(new URL(url).pathname) : '';
};

/** Points the request at another service; what comes behind the service's own path stays. */
export function setServiceUrl(context: PolicyContext, serviceUrl: string): void {
  const target = new URL(serviceUrl);
  const { url } = context.request;
  const before = context.backendBasePath ?? ownBasePath(context);
  const rest = url.path === before || url.path.startsWith(`${before}/`) ? url.path.slice(before.length) : url.path;
  const base = withoutSlash(target.pathname);
  url.scheme = target.protocol.slice(0, -1);
  url.host = target.hostname;
  url.port = target.port === '' ? (url.scheme === 'https' ? 443 : 80) : Number(target.port);
  url.path = `${base}${rest}` || '/';
  context.backendBasePath = base;
}

const serviceFabric = [
  'sf-resolve-condition',
  'sf-service-instance-name',
  'sf-partition-key',
  'sf-listener-name',
  'sf-replica-type',
];
const dapr = ['dapr-app-id', 'dapr-method', 'dapr-namespace'];

export const setBackendService = definePolicy({
  name: 'set-backend-service',
  sections: ['inbound', 'backend'],
  attributes: {
    'base-url': expression('string', { check: checkBaseUrl }),
    'backend-id': expression('string', { refersTo: 'backend' }),
    ...Object.fromEntries(serviceFabric.map((name) => [name, refusedValue('there is no Service Fabric here.')])),
    ...Object.fromEntries(dapr.map((name) => [name, refusedValue('Dapr is for self-hosted gateways.')])),
  },
  check: (element) =>
    element.has('base-url') === element.has('backend-id')
      ? ["<set-backend-service> needs exactly one of the attributes 'base-url' and 'backend-id'."]
      : [],
  compile(element) {
    const baseUrl = element.string('base-url');
    const backendId = element.string('backend-id');
    const { backends } = element.surroundings;
    return (context) => {
      if (baseUrl) {
        const value = baseUrl(context);
        const mistake = checkBaseUrl(value);
        if (mistake !== undefined) throw new PolicyError('InvalidBaseUrl', mistake);
        // A backend chosen by its id can only be replaced by another id.
        if (context.backendId === undefined) setServiceUrl(context, value);
      } else if (backendId) {
        const id = backendId(context);
        const backend = backends.get(id.toLowerCase());
        if (!backend) throw new PolicyError('BackendNotFound', `Backend with id '${id}' could not be found.`);
        context.backendId = backend.id;
        // A pool has no URL of its own: each call picks a member.
        if (backend.url && !backend.pool) setServiceUrl(context, backend.url);
      }
      return undefined;
    };
  },
});
