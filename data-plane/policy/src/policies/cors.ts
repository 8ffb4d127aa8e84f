import type { PolicyContext, PolicyResponse } from '../context.ts';
import { type CompiledElement, definePolicy, expression, one, optional, type Step, some } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { asText } from '../value-text.ts';

const emptyAnswer = (): PolicyResponse => ({ status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined });

const checkOrigin = (value: string): string | undefined => {
  const origin = value.trim();
  if (origin === '*' || origin === 'null') return undefined;
  return URL.canParse(origin) && /^[a-z][a-z0-9+.-]*:\/\//i.test(origin)
    ? undefined
    : `The origin '${origin}' must be '*' or a scheme and host, like https://www.contoso.com.`;
};
/** Scheme, host and port; the scheme's own port is left out. */
const normalOrigin = (value: string): string => {
  const origin = value.trim().replace(/\/$/, '').toLowerCase();
  return URL.canParse(origin) && /^https?:/.test(origin) ? new URL(origin).origin : origin;
};

export const cors = definePolicy({
  name: 'cors',
  sections: ['inbound'],
  isOncePerSection: true,
  attributes: { 'allow-credentials': expression('boolean'), 'terminate-unmatched-request': expression('boolean') },
  children: {
    'allowed-origins': one({ children: { origin: some({ text: expression('string', { check: checkOrigin }) }) } }),
    'allowed-methods': optional({
      attributes: { 'preflight-result-max-age': expression('integer') },
      children: { method: some({ text: expression('string') }) },
    }),
    'allowed-headers': optional({ children: { header: some({ text: expression('string') }) } }),
    'expose-headers': optional({ children: { header: some({ text: expression('string') }) } }),
  },
  difference: 'Inside of another policy it has no say over preflights.',
  compile(element) {
    const origins = textsOf(element.children('allowed-origins')[0], 'origin');
    const methodsElement = element.children('allowed-methods')[0];
    const methods = textsOf(methodsElement, 'method');
    const maxAge = methodsElement?.number('preflight-result-max-age', 0) ?? (() => 0);
    const headers = textsOf(element.children('allowed-headers')[0], 'header');
    const exposed = textsOf(element.children('expose-headers')[0], 'header');
    const credentials = element.boolean('allow-credentials', false);
    const terminates = element.boolean('terminate-unmatched-request', true);

    /** What `Access-Control-Allow-Origin` says; undefined: the origin is not allowed. */
    const allowedOrigin = (context: PolicyContext, origin: string): string | undefined => {
      const allowed = origins(context);
      if (allowed.some((one) => one !== '*' && normalOrigin(one) === normalOrigin(origin))) return origin;
      if (!allowed.includes('*')) return undefined;
      // A browser does not take '*' together with credentials.
      return credentials(context) ? origin : '*';
    };
    const setOrigin = (context: PolicyContext, response: PolicyResponse, allowed: string): void => {
      response.headers.set('Access-Control-Allow-Origin', [allowed]);
      if (credentials(context)) response.headers.set('Access-Control-Allow-Credentials', ['true']);
    };

    const preflight = (context: PolicyContext): boolean => {
      const asked = context.request.headers;
      const origin = asked.get('Origin')?.[0] ?? '';
      const method = asked.get('Access-Control-Request-Method')?.[0] ?? '';
      const wanted = (asked.get('Access-Control-Request-Headers') ?? []).join(',');
      const response = emptyAnswer();
      context.response = response;
      const allowed = allowedOrigin(context, origin);
      const named = methods(context);
      const known = (named.length === 0 ? ['GET', 'POST'] : named).map((one) => one.toUpperCase());
      const names = headers(context).map((one) => one.toLowerCase());
      const isHeaderAllowed = (name: string) =>
        names.some((one) => one === '*' || one === name || (one.endsWith('*') && name.startsWith(one.slice(0, -1))));
      const areHeadersAllowed = wanted
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== '')
        .every(isHeaderAllowed);
      const isMethodAllowed = known.includes('*') || known.includes(method.toUpperCase());
      // An answer without these headers is the refusal: the browser then does not send the request.
      if (allowed === undefined || !isMethodAllowed || !areHeadersAllowed) return true;
      setOrigin(context, response, allowed);
      response.headers.set('Access-Control-Allow-Methods', [known.includes('*') ? method : known.join(',')]);
      if (wanted !== '') response.headers.set('Access-Control-Allow-Headers', [wanted]);
      const seconds = maxAge(context);
      if (seconds > 0) response.headers.set('Access-Control-Max-Age', [String(seconds)]);
      return true;
    };

    const step = (context: PolicyContext): 'end' | undefined => {
      const origin = context.request.headers.get('Origin')?.[0];
      if (origin === undefined) return undefined;
      const allowed = allowedOrigin(context, origin);
      if (allowed === undefined) {
        if (!terminates(context)) return undefined;
        context.response = emptyAnswer();
        return 'end';
      }
      const names = exposed(context);
      context.followUps.onAnswer(element, ({ response }) => {
        if (!response) return;
        setOrigin(context, response, allowed);
        if (names.length > 0) response.headers.set('Access-Control-Expose-Headers', [names.join(',')]);
      });
      return undefined;
    };
    return Object.assign((context: PolicyContext) => step(context), { preflight }) satisfies Step;
  },
});

function textsOf(element: CompiledElement | undefined, child: string): (context: PolicyContext) => readonly string[] {
  const texts = element?.children(child).map(({ text }) => text) ?? [];
  return (context) => texts.map((text) => asText(text(context)).trim());
}
