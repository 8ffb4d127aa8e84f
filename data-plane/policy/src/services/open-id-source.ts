import { HeaderMap } from '../header-map.ts';
import type { OpenIdConfiguration, OpenIdSource, PolicyClock, PolicyServices } from './policy-services.ts';

/** How long a configuration is used before it is asked for again. */
const keptMs = 3_600_000;
/** A key that is not known makes it ask again, but not more often than this. */
const freshMs = 10_000;
const timeoutMs = 10_000;
const maxBytes = 1_048_576;

/** Reads OpenID configurations and their key sets by HTTP, once for all who ask at the same time. */
export function createOpenIdSource(send: PolicyServices['send'], clock: Pick<PolicyClock, 'now'>): OpenIdSource {
  const known = new Map<string, { readonly at: number; readonly configuration: Promise<OpenIdConfiguration> }>();

  const readJson = async (url: string): Promise<Readonly<Record<string, unknown>>> => {
    const { status, body } = await send({ method: 'GET', url, headers: new HeaderMap(), timeoutMs });
    const bytes = (await body?.buffer()) ?? new Uint8Array();
    if (status !== 200) throw new Error(`${url} answered ${status}.`);
    if (bytes.byteLength > maxBytes) throw new Error(`${url} is longer than ${maxBytes} bytes.`);
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value !== 'object' || value === null) throw new Error(`${url} is not a JSON object.`);
    return value as Readonly<Record<string, unknown>>;
  };

  const read = async (url: string): Promise<OpenIdConfiguration> => {
    const { issuer, jwks_uri: keysUrl } = await readJson(url);
    if (typeof keysUrl !== 'string') throw new Error(`${url} names no jwks_uri.`);
    const { keys } = await readJson(keysUrl);
    return {
      issuer: typeof issuer === 'string' ? issuer : undefined,
      keys: Array.isArray(keys) ? keys.filter((key) => typeof key === 'object' && key !== null) : [],
    };
  };

  return {
    async configuration(url, { isFresh = false } = {}) {
      const now = clock.now();
      const last = known.get(url);
      if (last && now - last.at < (isFresh ? freshMs : keptMs)) return await last.configuration;
      const configuration = read(url);
      known.set(url, { at: now, configuration });
      try {
        return await configuration;
      } catch (error) {
        // The next one asks again; until then what was known still serves.
        if (last) known.set(url, last);
        else known.delete(url);
        throw error;
      }
    },
  };
}
