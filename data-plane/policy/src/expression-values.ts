import type { CSharp, ExpressionContext, ExpressionValue } from '@vigia/expression';
import type { PolicyResponse } from './context.ts';

/** C# values that policies put into variables. They are made by C# itself, so that expressions cannot tell a difference. */
export interface ExpressionValues {
  /** An IResponse, as `send-request` leaves it. Its body must be whole. */
  response(response: PolicyResponse): ExpressionValue;
  /** A Jwt, as `validate-jwt` leaves it. */
  jwt(token: string): ExpressionValue;
  /** An int, or a long where it does not fit. */
  integer(value: number): ExpressionValue;
}

const made = new WeakMap<CSharp, ExpressionValues>();

export function expressionValues(csharp: CSharp): ExpressionValues {
  const known = made.get(csharp);
  if (known) return known;
  const response = csharp.compile('@(context.Response)');
  const jwt = csharp.compile('@(((string)context.Variables["token"]).AsJwt())');
  const values: ExpressionValues = {
    response: (of) => response.evaluate(contextWith({ response: of })),
    jwt: (token) => jwt.evaluate(contextWith({ variables: new Map([['token', token]]) })),
    // In a variable a bare number is an int, a bare bigint a long.
    integer: (value) => (Math.abs(value) < 2 ** 31 ? Math.trunc(value) : BigInt(Math.trunc(value))),
  };
  made.set(csharp, values);
  return values;
}

const contextWith = (parts: Partial<ExpressionContext>): ExpressionContext => ({
  requestId: '00000000-0000-0000-0000-000000000000',
  timestamp: new Date(0),
  elapsedMs: () => 0,
  deployment: { region: '', serviceName: '', serviceId: '', gatewayId: '' },
  api: undefined,
  operation: undefined,
  product: undefined,
  subscription: undefined,
  request: {
    method: 'GET',
    originalUrl: { scheme: 'https', host: '', port: 443, path: '/', query: [] },
    url: { scheme: 'https', host: '', port: 443, path: '/', query: [] },
    headers: { get: () => undefined, has: () => false, entries: () => [] },
    body: undefined,
    ipAddress: '',
    matchedParameters: {},
  },
  response: undefined,
  variables: new Map(),
  lastError: undefined,
  trace: () => undefined,
  ...parts,
});
