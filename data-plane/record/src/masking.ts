import type { MessageLogging } from '@vigia/contract';

const MASK = '***';
/** Keys and tokens never reach a log, whatever is configured. */
const secretHeaders = new Set([
  'authorization',
  'proxy-authorization',
  'api-key',
  'ocp-apim-subscription-key',
  'apim-debug-authorization',
  'cookie',
  'set-cookie',
]);
const secretQuery = new Set(['subscription-key', 'api-key', 'sig', 'code', 'access_token']);

type Mode = 'Mask' | 'Hide';

const modeOf = (rules: MessageLogging['maskedHeaders'], name: string): Mode | undefined =>
  rules.find((rule) => rule.name === '*' || rule.name.toLowerCase() === name)?.mode;

/** The headers that the diagnostic names, with its masks: `Hide` removes, `Mask` keeps the name. */
export function loggedHeaders(
  headers: Readonly<Record<string, string>>,
  logging: MessageLogging,
  secrets: readonly string[] = [],
): Readonly<Record<string, string>> | undefined {
  if (logging.headers.length === 0) return undefined;
  const wanted = new Set(logging.headers.map((name) => name.toLowerCase()));
  const logged: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!wanted.has(lower)) continue;
    const isSecret = secretHeaders.has(lower) || secrets.some((secret) => secret.toLowerCase() === lower);
    const mode = modeOf(logging.maskedHeaders, lower) ?? (isSecret ? 'Mask' : undefined);
    if (mode !== 'Hide') logged[name] = mode === 'Mask' ? MASK : value;
  }
  return Object.keys(logged).length === 0 ? undefined : logged;
}

/** The address with the masks of its query; everything else stays byte for byte. */
export function loggedUrl(
  url: string,
  masks: MessageLogging['maskedQuery'] = [],
  secrets: readonly string[] = [],
): string {
  const mark = url.indexOf('?');
  if (mark === -1) return url;
  const parameters = url
    .slice(mark + 1)
    .split('&')
    .flatMap((parameter) => {
      const name = parameter.split('=', 1)[0] ?? '';
      const lower = name.toLowerCase();
      const isSecret = secretQuery.has(lower) || secrets.some((secret) => secret.toLowerCase() === lower);
      const mode = modeOf(masks, lower) ?? (isSecret ? 'Mask' : undefined);
      if (mode === undefined) return [parameter];
      return mode === 'Hide' ? [] : [`${name}=${MASK}`];
    });
  return parameters.length === 0 ? url.slice(0, mark) : `${url.slice(0, mark)}?${parameters.join('&')}`;
}
