import { BytesBody } from './bytes-body.ts';
import type { LastError, PolicyResponse } from './context.ts';
import { HeaderMap } from './header-map.ts';

/** What the gateway says when no policy says anything. */
export type DefaultAnswer =
  | {
      readonly kind: 'subscriptionKeyNotFound' | 'subscriptionKeyInvalid';
      /** As the client addressed the gateway, with the port if the Host header had one. */
      readonly host: string;
      /** Without slashes at the ends. */
      readonly apiPath: string;
      readonly keyHeaderName: string;
    }
  | { readonly kind: 'operationNotFound' }
  /** activityId: `context.requestId`. */
  | { readonly kind: 'internalServerError'; readonly activityId: string }
  | { readonly kind: 'status'; readonly status: number; readonly message: string };

/** The body with API Management's spacing: `{ "statusCode": 401, "message": "…" }`. */
const defaultBody = (status: number, message: string, activityId?: string): string =>
  `{ "statusCode": ${status}, "message": ${JSON.stringify(message)}${
    activityId === undefined ? '' : `, "activityId": ${JSON.stringify(activityId)}`
  } }`;

const reasons: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The usual reason phrase of a status; '' where there is none. */
export const reasonPhrase = (status: number): string => reasons[status] ?? '';

const answer = (status: number, body: string): PolicyResponse => ({
  status,
  reason: reasonPhrase(status),
  headers: new HeaderMap([['Content-Type', 'application/json']]),
  body: new BytesBody(body),
});

const keyMessages = {
  subscriptionKeyNotFound:
    'Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.',
  subscriptionKeyInvalid:
    'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
} as const;

/** The default answers of API Management, byte for byte (reference: apim-policies.md §3). */
export function defaultResponse(what: DefaultAnswer): PolicyResponse {
  switch (what.kind) {
    case 'subscriptionKeyNotFound':
    case 'subscriptionKeyInvalid': {
      const response = answer(401, defaultBody(401, keyMessages[what.kind]));
      response.headers.set('WWW-Authenticate', [
        `AzureApiManagementKey realm="https://${what.host}/${what.apiPath}",name="${what.keyHeaderName}",type="header"`,
      ]);
      return response;
    }
    case 'operationNotFound':
      return answer(404, defaultBody(404, 'Resource not found'));
    case 'internalServerError':
      return answer(500, defaultBody(500, 'Internal server error', what.activityId));
    case 'status':
      return answer(what.status, defaultBody(what.status, what.message));
    default:
      return what satisfies never;
  }
}

/** `context.LastError` of the errors that happen before any policy (reference: apim-policies.md §2). */
export const builtInErrors = {
  operationNotFound: {
    source: 'configuration',
    reason: 'OperationNotFound',
    message: 'Unable to match incoming request to an operation.',
  },
  subscriptionKeyNotFound: {
    source: 'authorization',
    reason: 'SubscriptionKeyNotFound',
    message:
      'Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.',
  },
  subscriptionKeyInvalid: {
    source: 'authorization',
    reason: 'SubscriptionKeyInvalid',
    message:
      'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
  },
} as const satisfies Record<string, LastError>;
