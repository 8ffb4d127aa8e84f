import type { JsonObject, JsonValue, MessageLogging } from '@vigia/contract';
import { isoOf } from './azure-resource.ts';
import { bodyText, cutText, isEventStream } from './body-text.ts';
import type { Exchange, ExchangeError, SeenMessage } from './exchange.ts';
import type { LlmFacts } from './llm-facts.ts';
import { loggedHeaders, loggedUrl } from './masking.ts';

/** Azure's highest number of body bytes: here it means whole. */
const WHOLE_BODY = 8192;
export const GATEWAY_OPERATION = 'Microsoft.ApiManagement/GatewayLogs';

export type RowValues = Record<string, JsonValue | undefined>;

/** ResponseCode: 0 where the client did not get its answer whole. */
export const responseCodeOf = (exchange: Exchange): number =>
  exchange.isClientComplete ? (exchange.response?.status ?? 0) : 0;

export const isSuccess = (code: number): boolean => code >= 200 && code < 400;

export function lastErrorOf(exchange: Exchange): ExchangeError | undefined {
  if (exchange.lastError !== undefined || exchange.isClientComplete) return exchange.lastError;
  return {
    source: 'transfer-response',
    reason: 'ClientConnectionFailure',
    message: 'The client closed the connection before it had the whole answer.',
    elapsed: exchange.totalTime,
  };
}

/** Columns of `ApiManagementGatewayLogs`; what is not known is absent. Source: monitor-tables.md §3. */
export function gatewayLogValues(exchange: Exchange, llm: LlmFacts | undefined): RowValues {
  const { service, api, backend, request, response, diagnostic } = exchange;
  const code = responseCodeOf(exchange);
  const error = lastErrorOf(exchange);
  const cuts: JsonObject[] = [];
  const secrets = api === undefined ? [] : Object.values(api.subscriptionKeyParameterNames);
  const side = (column: string, message: SeenMessage | undefined, logging: MessageLogging | undefined): RowValues => {
    if (message === undefined || logging === undefined) return {};
    return {
      [`${column}Headers`]: loggedHeaders(message.headers, logging, secrets),
      [`${column}Body`]: loggedBody(`${column}Body`, message, { logging, llm, cuts, elapsed: exchange.totalTime }),
    };
  };
  const values: RowValues = {
    TimeGenerated: isoOf(exchange.receivedAt),
    OperationName: GATEWAY_OPERATION,
    Category: 'GatewayLogs',
    CorrelationId: exchange.correlationId,
    Region: service.regionName,
    _ResourceId: service.id.toLowerCase(),
    ApiId: api?.id,
    ApiRevision: api?.revision,
    OperationId: exchange.operation?.id,
    ProductId: exchange.productId,
    ApimSubscriptionId: exchange.subscriptionId,
    UserId: exchange.userId,
    Method: exchange.method,
    Url: loggedUrl(exchange.url, diagnostic?.frontendRequest.maskedQuery, secrets),
    ClientProtocol: exchange.clientProtocol,
    ClientTlsVersion: exchange.clientTlsVersion,
    CallerIpAddress: exchange.callerIpAddress,
    RequestSize: request.bytes,
    ResponseCode: code,
    ResponseSize: response?.bytes ?? 0,
    IsRequestSuccess: isSuccess(code),
    ClientTime: Math.round(exchange.clientTime),
    TotalTime: Math.round(exchange.totalTime),
    Cache: exchange.cache,
    ...(exchange.cache === 'none' ? { CacheTime: 0 } : {}),
    IsMasterTrace: false,
    IsTraceAllowed: false,
    IsTraceExpired: false,
    IsTraceRequested: false,
    ...side('Request', request, diagnostic?.frontendRequest),
    ...side('Response', response, diagnostic?.frontendResponse),
  };
  if (backend !== undefined)
    Object.assign(values, {
      BackendId: backend.id,
      BackendMethod: backend.method,
      BackendUrl: loggedUrl(backend.url, diagnostic?.backendRequest.maskedQuery, secrets),
      BackendProtocol: backend.protocol,
      BackendResponseCode: backend.response?.status ?? 0,
      BackendTime: Math.round(backend.time),
      ...side('BackendRequest', backend.request, diagnostic?.backendRequest),
      ...side('BackendResponse', backend.response, diagnostic?.backendResponse),
    });
  if (error !== undefined)
    Object.assign(values, {
      LastErrorElapsed: Math.round(error.elapsed),
      LastErrorMessage: error.message,
      LastErrorReason: error.reason,
      LastErrorScope: error.scope,
      LastErrorSection: error.section,
      LastErrorSource: error.source,
    });
  const errors = exchange.errors.length > 0 || error === undefined ? exchange.errors : [error];
  if (errors.length > 0) values['Errors'] = errors.map((each) => ({ ...each }));
  const traces = [...tracesOf(exchange), ...cuts];
  if (traces.length > 0) values['TraceRecords'] = traces;
  return values;
}

const levels = ['verbose', 'information', 'error'];

/** Trace records at or above the diagnostic's verbosity. */
function tracesOf(exchange: Exchange): readonly JsonObject[] {
  const least = levels.indexOf(exchange.diagnostic?.verbosity ?? 'information');
  return exchange.traceRecords
    .filter(({ level }) => {
      const rank = levels.indexOf(level.toLowerCase());
      return rank === -1 || rank >= least;
    })
    .map((record) => ({ ...record }));
}

/**
 * A body as its column holds it: decoded; a streamed answer as the object that it would have been; cut where the
 * diagnostic or the capture limit says so. A cut leaves a note in TraceRecords, because a cut body does not show it.
 */
function loggedBody(
  column: string,
  message: SeenMessage,
  options: {
    readonly logging: MessageLogging;
    readonly llm: LlmFacts | undefined;
    readonly cuts: JsonObject[];
    readonly elapsed: number;
  },
): string | undefined {
  const { bodyBytes } = options.logging;
  if (bodyBytes === 0) return undefined;
  const stream = isEventStream(message) ? options.llm?.reassembled : undefined;
  const whole = stream === undefined ? bodyText(message)?.text : JSON.stringify(stream);
  if (whole === undefined) return undefined;
  const text = bodyBytes >= WHOLE_BODY ? whole : cutText(whole, bodyBytes);
  if (message.isCut === true || text.length < whole.length)
    options.cuts.push({
      elapsed: Math.round(options.elapsed),
      level: 'information',
      source: 'vigia-capture',
      message: `${column} holds ${Buffer.byteLength(text)} bytes of a body of ${message.bytes} bytes.`,
    });
  return text;
}

const suffixes: Readonly<Record<string, string>> = { string: '_s', number: '_d', boolean: '_b' };
const inAzureDiagnostics: Readonly<Record<string, string>> = {
  CallerIpAddress: 'CallerIPAddress',
  TotalTime: 'DurationMs',
};
const sameName = new Set(['TimeGenerated', 'OperationName', 'Category', 'CorrelationId', '_ResourceId']);

/**
 * The same facts for an export without Dedicated: columns of AzureDiagnostics where it has them, all others by
 * their names there (`backendResponseCode_d`) in AdditionalFields.
 */
export function asAzureDiagnostics(values: RowValues, resourceColumns: Readonly<Record<string, string>>): RowValues {
  const row: RowValues = {
    ...resourceColumns,
    ResultType: values['IsRequestSuccess'] === true ? 'Succeeded' : 'Failed',
    Level: '4',
    location_s: values['Region'],
  };
  const others: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const column = sameName.has(name) ? name : inAzureDiagnostics[name];
    if (column !== undefined) row[column] = value;
    else {
      const camel = name.charAt(0).toLowerCase() + name.slice(1);
      const suffix = suffixes[typeof value];
      others[`${camel}${suffix ?? '_s'}`] = suffix === undefined ? JSON.stringify(value) : value;
    }
  }
  return { ...row, AdditionalFields: others };
}
