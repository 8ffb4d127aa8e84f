/**
 * Everything that the service refuses, with the exact bodies of Azure. Bodies that Azure's own gateway makes carry a
 * space after `"message":`; those of the model host do not, and have `type`, `param` and `code`.
 */
export interface RefusalInit {
  readonly status: number;
  readonly body: string;
  /** Reason phrase where Azure's differs from the standard one. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The model host refused, not the gateway before it. */
  readonly isFromModel?: boolean;
}

/** Thrown on the way of a call; becomes its answer and its record. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly body: string;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly isFromModel: boolean;

  constructor(init: RefusalInit) {
    super(init.body);
    this.status = init.status;
    this.body = init.body;
    this.reason = init.reason;
    this.headers = init.headers ?? {};
    this.isFromModel = init.isFromModel ?? false;
  }
}

const byGateway = (status: number, code: string, message: string, rest: Omit<RefusalInit, 'status' | 'body'> = {}) =>
  new Refusal({
    status,
    body: `{"error":{"code":${JSON.stringify(code)},"message": ${JSON.stringify(message)}}}`,
    ...rest,
  });

const compact = (status: number, code: string, message: string, rest: Omit<RefusalInit, 'status' | 'body'> = {}) =>
  new Refusal({ status, body: JSON.stringify({ error: { code, message } }), ...rest });

/** `{"error":{"message","type","param","code"}}`, the form of the model host. */
export const invalidRequest = (message: string, param: string | null = null, code: string | null = null) =>
  new Refusal({
    status: 400,
    isFromModel: true,
    body: JSON.stringify({ error: { message, type: 'invalid_request_error', param, code } }, null, 2),
  });

export const wrongKey = () =>
  compact(
    401,
    '401',
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
    { reason: 'PermissionDenied' },
  );

/** A bearer token that does not hold. Azure's other envelope: no `error`, spaces inside. */
export const badToken = () =>
  new Refusal({
    status: 401,
    reason: 'Unauthorized',
    body: '{ "statusCode": 401, "message": "Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired." }',
  });

export const missingRole = (principalId: string, dataAction: string, operation: string) =>
  byGateway(
    401,
    'PermissionDenied',
    `The principal \`${principalId}\` lacks the required data action \`${dataAction}\` to perform \`${operation}\` operation.`,
    { reason: 'PermissionDenied' },
  );

export const keysDisabled = () =>
  byGateway(403, 'AuthenticationTypeDisabled', 'Key based authentication is disabled for this resource.');

export const resourceNotFound = () => byGateway(404, '404', 'Resource not found');

export const deploymentNotFound = () =>
  compact(
    404,
    'DeploymentNotFound',
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
  );

export const apiVersionNotSupported = () => compact(400, 'BadRequest', 'API version not supported');

/** `operation`: chatCompletion, completion, embeddings. */
export const operationNotSupported = (operation: string, model: string) =>
  compact(
    400,
    'OperationNotSupported',
    `The ${operation} operation does not work with the specified model, ${model}. Please choose different model and try again. You can learn more about which models can be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.`,
  );

/** What Azure has and this service does not: says so by name. */
export const notServedHere = (what: string) =>
  compact(404, 'NotSupported', `${what} is not supported by the embedded Azure OpenAI service.`);

export const invalidJson = () =>
  invalidRequest(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring out how to fix this, please contact us through our help center at help.openai.com.)",
  );

export const bodyTooLarge = (limit: number) =>
  compact(413, 'RequestTooLarge', `The request body is larger than ${limit} bytes.`);

export interface ContextOverflow {
  readonly window: number;
  readonly promptTokens: number;
  readonly maxTokens: number | undefined;
}

export function contextExceeded({ window, promptTokens, maxTokens }: ContextOverflow): Refusal {
  const found =
    maxTokens === undefined
      ? `However, your messages resulted in ${promptTokens} tokens. Please reduce the length of the messages.`
      : `However, you requested ${promptTokens + maxTokens} tokens (${promptTokens} in the messages, ${maxTokens} in the completion). Please reduce the length of the messages or completion.`;
  return invalidRequest(
    `This model's maximum context length is ${window} tokens. ${found}`,
    'messages',
    'context_length_exceeded',
  );
}

/** The text-only operations word it differently. */
export const promptExceeded = (window: number, promptTokens: number, completionTokens: number) =>
  invalidRequest(
    `This model's maximum context length is ${window} tokens, however you requested ${promptTokens + completionTokens} tokens (${promptTokens} in your prompt; ${completionTokens} for the completion). Please reduce your prompt; or completion length.`,
  );

export const promptFiltered = (result: unknown) =>
  new Refusal({
    status: 400,
    isFromModel: true,
    body: JSON.stringify({
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: result },
      },
    }),
  });

export interface RateExcess {
  readonly operation: string;
  readonly apiVersion: string;
  readonly limit: 'token' | 'call';
  readonly retryAfterSeconds: number;
  readonly headers: Readonly<Record<string, string>>;
}

export function rateExceeded({ operation, apiVersion, limit, retryAfterSeconds, headers }: RateExcess): Refusal {
  const version = apiVersion === 'v1' ? '' : ` under Azure OpenAI API version ${apiVersion}`;
  return byGateway(
    429,
    '429',
    `Requests to the ${operation} Operation${version} have exceeded ${limit} rate limit of your current OpenAI S0 pricing tier. Please retry after ${retryAfterSeconds} seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.`,
    { headers: { 'Retry-After': String(retryAfterSeconds), ...headers } },
  );
}

export const notAdmitted = () =>
  byGateway(
    503,
    'ServiceUnavailable',
    'The call cannot be logged now, so it is not answered. The log spool is full or its disk is.',
    { headers: { 'Retry-After': '5' } },
  );

export const stopping = () => byGateway(503, 'ServiceUnavailable', 'The service is stopping.');

export const upstreamUnreachable = (host: string) =>
  byGateway(502, 'UpstreamUnreachable', `The configured upstream ${host} could not be reached.`);

export const upstreamTimeout = (host: string, milliseconds: number) =>
  byGateway(504, 'UpstreamTimeout', `The configured upstream ${host} sent nothing for ${milliseconds} ms.`);

export const upstreamCredential = (host: string) =>
  byGateway(502, 'UpstreamCredential', `No token could be had for the configured upstream ${host}.`);

export const unexpected = () =>
  compact(500, 'InternalServerError', 'The server had an error while processing your request. Sorry about that!');
