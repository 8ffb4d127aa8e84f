import type { Resource } from '@vigia/resource';
import { type ArmCall, parameter } from '../../arm-call.ts';
import { listAnswer } from '../../list-answer.ts';
import { notSupportedHere, validationError } from '../../refusals.ts';
import type { ArmRoute, TypeRules } from '../../rules.ts';
import { serviceIdOf, serviceType } from './service-id.ts';

const textTypes = {
  'application/vnd.ms-azure-apim.policy.raw+xml': 'rawxml',
  'application/vnd.ms-azure-apim.policy+xml': 'xml',
} as const;

type Format = 'xml' | 'rawxml';

/** What is stored is rawxml. */
function documentAs(format: Format, resource: Resource, { context }: ArmCall): string {
  const document = String(resource.properties['value'] ?? '');
  return format === 'rawxml' ? context.policies.toRawXml(document) : context.policies.toXml(document);
}

function formatOf(call: ArmCall): Format {
  const format = parameter(call, 'format') ?? 'xml';
  if (format === 'xml' || format === 'rawxml') return format;
  throw validationError([{ target: 'format', message: `The format '${format}' is not one of xml and rawxml.` }]);
}

/** A policy document or fragment: `?format=`, text by `Accept`, and no format that is an address. */
const policyRule = (path: string, more: Partial<TypeRules> = {}): TypeRules => ({
  type: `${serviceType}/${path}`,
  without: ['PATCH'],
  show(resource, call) {
    const format = formatOf(call);
    return { ...resource, properties: { ...resource.properties, format, value: documentAs(format, resource, call) } };
  },
  read(resource, call) {
    // The SDKs name JSON and both texts, in this order: what is named first is meant.
    const accepted = String(call.headers.accept ?? '')
      .toLowerCase()
      .split(',');
    const first = accepted
      .map((range) => range.split(';')[0]?.trim() ?? '')
      .find((type) => type in textTypes || type === 'application/json');
    const asked = Object.entries(textTypes).find(([type]) => type === first);
    if (asked === undefined) return undefined;
    const [type, format] = asked;
    return {
      status: 200,
      body: documentAs(format, resource, call),
      headers: { 'content-type': `${type}; charset=utf-8`, etag: `"${resource.etag}"` },
    };
  },
  put(call, body) {
    const format = body.properties?.['format'];
    if (format === 'xml-link' || format === 'rawxml-link') {
      throw notSupportedHere(`The policy format '${format}'`);
    }
    const id = call.target.kind === 'resource' ? call.target.id : '';
    return () => [{ kind: 'put', id, body }];
  },
  ...more,
});

export const policyRules: readonly TypeRules[] = [
  policyRule('policies'),
  policyRule('products/policies'),
  policyRule('apis/policies'),
  policyRule('apis/operations/policies'),
  policyRule('policyFragments'),
];

const documentTypes = ['policies', 'products/policies', 'apis/policies', 'apis/operations/policies', 'policyFragments'];

export const policyRoutes: readonly ArmRoute[] = [
  {
    method: 'POST',
    path: `${serviceType}/policyFragments/listReferences`,
    run(call, fragment) {
      const under = serviceIdOf(fragment?.id ?? '');
      const name = (fragment?.name ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      const includes = new RegExp(`<include-fragment\\s+fragment-id\\s*=\\s*["']${name}["']`, 'i');
      const found = documentTypes
        .flatMap((path) => call.context.store.list({ type: `${serviceType}/${path}`, under }))
        .filter(({ properties }) => includes.test(String(properties['value'] ?? '')));
      return listAnswer(call, found, { hasCount: true, show: ({ id }) => ({ id }) });
    },
  },
];
