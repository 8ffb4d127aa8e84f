/** What stands in the place of a secret. */
export const mask = '***';

const secretHeaders = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'api-key',
  'x-api-key',
  'x-functions-key',
  'ocp-apim-subscription-key',
  'apim-debug-authorization',
];
const secretParameters = ['subscription-key', 'api-key', 'code', 'sig'];
const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const bearer = /\b(Bearer|Basic|SharedAccessSignature)\s+[^\s"',]+/g;

export interface SecretMask {
  /** Known secrets, JSON web tokens and credentials of Authorization headers within a text. */
  text(text: string): string;
  header(name: string, value: string): string;
  /** A query parameter's value. */
  parameter(name: string, value: string): string;
}

/**
 * @param given secret values that are known (of named values, keys), wherever they stand; `headers` and `parameters`:
 *   names that hold a key beside the usual ones.
 */
export function createSecretMask(given: {
  readonly values?: readonly string[];
  readonly headers?: readonly string[];
  readonly parameters?: readonly string[];
}): SecretMask {
  // The longest first: a secret may hold another one.
  const values = [...(given.values ?? [])].filter((value) => value !== '').sort((a, b) => b.length - a.length);
  const lower = (names: readonly string[]) => new Set(names.map((name) => name.toLowerCase()));
  const headers = lower([...secretHeaders, ...(given.headers ?? [])]);
  const parameters = lower([...secretParameters, ...(given.parameters ?? [])]);
  const text = (whole: string): string =>
    values
      .reduce((masked, value) => masked.replaceAll(value, mask), whole)
      .replace(token, mask)
      .replace(bearer, `$1 ${mask}`);
  return {
    text,
    header: (name, value) => (headers.has(name.toLowerCase()) ? mask : text(value)),
    parameter: (name, value) => (parameters.has(name.toLowerCase()) ? mask : text(value)),
  };
}
