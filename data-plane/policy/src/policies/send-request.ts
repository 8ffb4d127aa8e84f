import { BackendFailure, type PolicyContext, type PolicyResponse } from '../context.ts';
import {
  allSections,
  type CompiledElement,
  definePolicy,
  expression,
  literal,
  many,
  oneOf,
  optional,
} from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { PolicyError } from '../policy-error.ts';
import type { OutgoingCall } from '../services/policy-services.ts';
import { asText } from '../value-text.ts';
import { compileHeader, setHeaderSpec } from './apply-header.ts';
import { noCertificates } from './authentication-certificate.ts';
import { compileManagedIdentity, managedIdentitySpec } from './authentication-managed-identity.ts';
import { noProxy } from './proxy.ts';
import { compileBody, setBodySpec } from './set-body.ts';

const callSpec = {
  attributes: {
    mode: oneOf('new', 'copy'),
    timeout: expression('number'),
    'timeout-ms': expression('number'),
  },
  children: {
    'set-url': optional({ text: expression('string', { required: true }) }),
    'set-method': optional({ text: expression('string', { required: true }) }),
    'set-header': many(setHeaderSpec),
    'set-body': optional(setBodySpec),
    'authentication-managed-identity': optional(managedIdentitySpec),
    'authentication-certificate': optional(noCertificates),
    proxy: optional(noProxy),
  },
};

const needsUrl = (element: {
  literal(name: string): string | undefined;
  has(name: string): boolean;
  childCount(name: string): number;
}) =>
  element.childCount('set-url') === 0 &&
  (element.literal('mode') ?? 'new') === 'new' &&
  !(element.has('mode') && element.literal('mode') === undefined)
    ? ['A request with mode="new" needs a child <set-url>.']
    : [];

/** Headers of the client's connection or of the gateway's key: a copy is a request of its own. */
const notCopied = ['Host', 'Content-Length', 'Transfer-Encoding', 'Connection', 'Accept-Encoding', 'Expect'];

/** The call that the element describes, for one request. */
function compileCall(element: CompiledElement): (context: PolicyContext) => Promise<OutgoingCall> {
  const mode = element.string('mode') ?? (() => 'new');
  const seconds = element.number('timeout', 60);
  const milliseconds = element.number('timeout-ms', Number.NaN);
  const url = element.children('set-url')[0]?.text;
  const method = element.children('set-method')[0]?.text;
  const headers = element.children('set-header').map(compileHeader);
  const body = element.children('set-body').map(compileBody)[0];
  const identity = element.children('authentication-managed-identity')[0];
  const tokenOf = identity && compileManagedIdentity(identity);
  const tokenVariable = identity?.literal('output-token-variable-name');

  return async (context) => {
    const { request } = context;
    const isCopy = mode(context) === 'copy';
    const sent = new HeaderMap(isCopy ? request.headers.entries() : []);
    if (isCopy) for (const name of notCopied) sent.delete(name);
    const token = await tokenOf?.(context);
    if (token !== undefined) {
      if (tokenVariable) context.variables.set(tokenVariable, token);
      else sent.set('Authorization', [`Bearer ${token}`]);
    }
    for (const apply of headers) apply(context, sent);
    const copied = isCopy && !body ? await request.body?.buffer() : undefined;
    const bytes = body ? await body(context) : copied;
    const exact = milliseconds(context);
    const target = url === undefined ? undefined : asText(url(context)).trim();
    if (target === undefined && !isCopy) throw new PolicyError('InvalidUrl', 'The request has no URL.');
    return {
      method: method ? asText(method(context)).trim().toUpperCase() : isCopy ? request.method : 'GET',
      url: target ?? printUrl(request.url),
      headers: sent,
      ...(bytes === undefined ? {} : { body: bytes }),
      timeoutMs: Number.isNaN(exact) ? seconds(context) * 1000 : exact,
    };
  };
}

function printUrl({ scheme, host, port, path, query }: PolicyContext['request']['url']): string {
  const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `${scheme}://${host}:${port}${path}${text === '' ? '' : `?${text}`}`;
}

const asPolicyError = (cause: unknown): unknown =>
  cause instanceof BackendFailure ? new PolicyError(cause.reason, cause.message, { cause }) : cause;

const difference = 'The children authentication-certificate and proxy are refused.';

export const sendRequest = definePolicy({
  name: 'send-request',
  sections: allSections,
  attributes: {
    ...callSpec.attributes,
    'response-variable-name': expression('string', { required: true }),
    'ignore-error': expression('boolean'),
    'buffer-response': literal('boolean'),
    'fail-on-error-status-code': literal('boolean'),
  },
  children: callSpec.children,
  check: needsUrl,
  difference,
  compile(element) {
    const callOf = compileCall(element);
    const variable = element.string('response-variable-name') ?? (() => '');
    const ignoresError = element.boolean('ignore-error', false);
    const failsOnStatus = element.boolean('fail-on-error-status-code', false);
    const { values } = element.surroundings;
    return async (context) => {
      let response: PolicyResponse;
      try {
        response = await context.services.send(await callOf(context));
        if (response.status >= 400 && failsOnStatus(context)) {
          const message = `The request was answered with the status code ${response.status}.`;
          throw new PolicyError('BackendErrorStatusCode', message);
        }
      } catch (cause) {
        const error = asPolicyError(cause);
        if (!(error instanceof PolicyError) || !ignoresError(context)) throw error;
        context.trace({ source: 'send-request', level: 'error', message: error.message });
        context.variables.set(variable(context), null);
        return undefined;
      }
      context.variables.set(variable(context), values.response(response));
      return undefined;
    };
  },
});

export const sendOneWayRequest = definePolicy({
  name: 'send-one-way-request',
  sections: allSections,
  ...callSpec,
  check: needsUrl,
  difference,
  compile(element) {
    const callOf = compileCall(element);
    return async (context) => {
      // What the call says is decided now; only its answer is not waited for.
      const call = await callOf(context);
      context.services.detach(context.services.send(call));
      return undefined;
    };
  },
});
