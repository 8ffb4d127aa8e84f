import type { PolicyContext } from '../context.ts';
import { defaultResponse } from '../default-response.ts';
import {
  type CompiledElement,
  type ElementSpec,
  expression,
  literal,
  many,
  optional,
  refusedValue,
  some,
} from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { asText } from '../value-text.ts';
import { checkToken, type RequiredClaim, type TokenRules } from './token-rules.ts';

/** What validate-jwt and validate-azure-ad-token have in common. */
export const tokenAttributes = {
  'header-name': expression('string'),
  'query-parameter-name': expression('string'),
  'token-value': expression('string'),
  'failed-validation-httpcode': expression('integer'),
  'failed-validation-error-message': expression('string'),
  'output-token-variable-name': literal('string'),
  'require-scheme': expression('string'),
};

const keySpec: ElementSpec = {
  attributes: {
    id: literal('string'),
    'certificate-id': refusedValue('there are no certificates yet.'),
    n: expression('string'),
    e: expression('string'),
  },
  text: expression('string'),
  check: (element) => [
    ...(element.has('n') !== element.has('e') ? ["The attributes 'n' and 'e' of a key go together."] : []),
    ...(element.has('n') || element.has('certificate-id') || element.hasText()
      ? []
      : ['A key needs a text, or n and e.']),
  ],
};
export const keysSpec: ElementSpec = { children: { key: some(keySpec) } };
export const claimsSpec: ElementSpec = {
  children: {
    claim: some({
      attributes: {
        name: expression('string', { required: true }),
        match: expression('string', { oneOf: ['all', 'any'] }),
        separator: expression('string'),
      },
      children: { value: many({ text: expression('string') }) },
    }),
  },
};
export const listSpec = (child: string): ElementSpec => ({
  children: { [child]: some({ text: expression('string', { required: true }) }) },
});
export const tokenChildren = {
  audiences: optional(listSpec('audience')),
  'required-claims': optional(claimsSpec),
  'decryption-keys': optional(keysSpec),
};

export const checkTokenPlace = (element: { has(name: string): boolean }): readonly string[] =>
  ['header-name', 'query-parameter-name', 'token-value'].filter((name) => element.has(name)).length > 1
    ? ["The token is given by one of 'header-name', 'query-parameter-name' and 'token-value'."]
    : [];

type Read<T> = (context: PolicyContext) => T;

/** The texts of `<list><child>…</child></list>`. */
export function compileList(element: CompiledElement, list: string, child: string): Read<readonly string[]> {
  const texts = element.children(list).flatMap((one) => one.children(child).map(({ text }) => text));
  return (context) => texts.map((text) => asText(text(context)).trim());
}

/** As JSON web keys: base64 text is a symmetric key, n and e a public RSA key. */
export function compileKeys(
  element: CompiledElement,
  list: string,
): Read<readonly Readonly<Record<string, unknown>>[]> {
  const keys = element.children(list).flatMap((one) => one.children('key'));
  const url = (base64: string): string => Buffer.from(base64.trim(), 'base64').toString('base64url');
  return (context) =>
    keys.map((key) => {
      const id = key.literal('id');
      const named = id === undefined ? {} : { kid: id };
      const n = key.string('n')?.(context);
      if (n !== undefined) return { kty: 'RSA', n: url(n), e: url(key.string('e')?.(context) ?? ''), ...named };
      return { kty: 'oct', k: url(asText(key.text(context))), ...named };
    });
}

export function compileClaims(element: CompiledElement): Read<readonly RequiredClaim[]> {
  const claims = element.children('required-claims').flatMap((one) => one.children('claim'));
  return (context) =>
    claims.map((claim) => ({
      name: claim.string('name')?.(context) ?? '',
      matchesAll: (claim.string('match')?.(context) ?? 'all') === 'all',
      separator: claim.string('separator')?.(context),
      values: claim.children('value').map(({ text }) => asText(text(context)).trim()),
    }));
}

/** Where the token is, without its scheme. Throws where it is missing or has another scheme. */
function compileTokenText(element: CompiledElement, fallbackHeader: string | undefined): Read<string> {
  const header = element.string('header-name');
  const parameter = element.string('query-parameter-name');
  const value = element.string('token-value');
  const schemeOf = element.string('require-scheme');
  const withoutScheme = (text: string): string => text.trim().replace(/^Bearer\s+/i, '');
  const notPresent = () => new PolicyError('TokenNotPresent', 'JWT not present.');
  return (context) => {
    const { headers, originalUrl } = context.request;
    if (value) return withoutScheme(value(context)) || raise(notPresent());
    if (parameter) {
      const name = parameter(context).toLowerCase();
      return originalUrl.query.find(([key]) => key.toLowerCase() === name)?.[1] || raise(notPresent());
    }
    const name = header?.(context) ?? fallbackHeader ?? 'Authorization';
    const text = headers.get(name)?.[0]?.trim();
    if (!text) throw notPresent();
    const scheme = schemeOf?.(context);
    if (scheme === undefined || name.toLowerCase() !== 'authorization') return withoutScheme(text);
    const [given = '', token] = text.split(/\s+/, 2);
    if (given.toLowerCase() !== scheme.toLowerCase() || !token) throw notPresent();
    return token;
  };
}

const raise = (error: Error): never => {
  throw error;
};

/** The step of a policy that lets only requests with a good token through. */
export function compileTokenCheck(
  element: CompiledElement,
  parts: {
    readonly rules: Read<TokenRules>;
    readonly accept?: (claims: Readonly<Record<string, unknown>>, context: PolicyContext) => void;
  },
): (context: PolicyContext) => Promise<undefined> {
  const tokenOf = compileTokenText(element, undefined);
  const status = element.number('failed-validation-httpcode', 401);
  const message = element.string('failed-validation-error-message');
  const variable = element.literal('output-token-variable-name');
  const { values } = element.surroundings;
  return async (context) => {
    try {
      const token = tokenOf(context);
      const claims = await checkToken(token, parts.rules(context), context);
      parts.accept?.(claims, context);
      if (variable) context.variables.set(variable, values.jwt(token));
      return undefined;
    } catch (error) {
      if (!(error instanceof PolicyError) || error.reason === 'ExpressionValueEvaluationFailure') throw error;
      const response = defaultResponse({
        kind: 'status',
        status: status(context),
        message: message?.(context) ?? error.message,
      });
      throw new PolicyError(error.reason, error.message, { response, cause: error });
    }
  };
}
