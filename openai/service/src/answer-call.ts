import type { AccountSnapshot, DeploymentSnapshot, JsonObject } from '@vigia/contract';
import { estimateWith, openTokenizer } from '@vigia/tokenizer';
import { deploymentOf } from './account.ts';
import { answerChat, numberOf } from './answer-chat.ts';
import { answerCompletion } from './answer-completion.ts';
import { answerEmbedding } from './answer-embedding.ts';
import { callerOf } from './authenticate.ts';
import { getModel, listDeployments, listModels, listV1Models } from './listing.ts';
import { factsOf, type OperationKind } from './model.ts';
import { isVersionForDated, isVersionForV1, matchOperation, type Operation } from './operation.ts';
import type { Outcome } from './outcome.ts';
import { missing, parseBody } from './parameter.ts';
import type { RateLimiter } from './rate-limit.ts';
import {
  apiVersionNotSupported,
  deploymentNotFound,
  notServedHere,
  operationNotSupported,
  rateExceeded,
  resourceNotFound,
} from './refusal.ts';
import type { OpenAiServiceOptions } from './service.ts';
import { forward, type Upstream, upstreamOf } from './upstream.ts';

/** What becomes known of a call on its way; the record tells as much as was known when it ended. */
export interface CallState {
  readonly account: AccountSnapshot;
  deployment?: DeploymentSnapshot;
  operationName: string;
  apiVersion: string;
  objectId: string;
  auth: 'key' | 'token' | 'none';
  isStreaming: boolean;
  rateHeaders?: Readonly<Record<string, string>>;
}

export type AnswerOptions = Pick<OpenAiServiceOptions, 'authenticate' | 'clock' | 'enforceRateLimits'> & {
  readonly upstreams: readonly Upstream[];
  readonly limiter: RateLimiter;
};

export interface CallRequest {
  readonly method: string;
  readonly url: URL;
  /** What follows `/openai`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  readonly keyHashSecret: string;
}

/** A call from its path to its outcome, in Azure's order: path, version, caller, body, deployment, model, limits. */
export async function answerCall(
  request: CallRequest,
  { call, options }: { readonly call: CallState; readonly options: AnswerOptions },
): Promise<Outcome> {
  const match = matchOperation(request.method, request.path);
  if (match === undefined) throw resourceNotFound();
  const { operation, name } = match;
  call.operationName = operation.id;
  checkVersion(operation, request.url.searchParams.get('api-version'), call);

  const caller = await callerOf(
    { apiKey: single(request.headers['api-key']), authorization: single(request.headers['authorization']) },
    { account: call.account, operation, keyHashSecret: request.keyHashSecret, authenticate: options.authenticate },
  );
  call.objectId = caller.objectId;
  call.auth = caller.auth;

  const created = Math.floor(options.clock.now() / 1000);
  switch (operation.kind) {
    case 'models':
      return operation.surface === 'v1' ? listV1Models(call.account, created) : listModels(call.account, created);
    case 'model':
      return getModel(call.account, name ?? '', created);
    case 'deployments':
      return listDeployments(call.account, created);
    case 'unserved':
      throw notServedHere(operation.id);
    case 'chat':
    case 'completion':
    case 'embedding':
      return answerInference(request, { operation, kind: operation.kind, name, created, call, options });
    default:
      return operation.kind satisfies never;
  }
}

function checkVersion(operation: Operation, version: string | null, call: CallState): void {
  if (operation.surface === 'v1') {
    if (!isVersionForV1(version)) throw apiVersionNotSupported();
    call.apiVersion = 'v1';
  } else if (!isVersionForDated(version)) throw resourceNotFound();
}

interface Inference {
  readonly operation: Operation;
  readonly kind: OperationKind;
  readonly name: string | undefined;
  readonly created: number;
  readonly call: CallState;
  readonly options: AnswerOptions;
}

async function answerInference(request: CallRequest, inference: Inference): Promise<Outcome> {
  const { operation, kind, created, call, options } = inference;
  const isV1 = operation.surface === 'v1';
  const known = isV1 ? undefined : deploymentOf(call.account, inference.name ?? '');
  if (!isV1 && known === undefined) throw deploymentNotFound();
  if (known !== undefined) call.deployment = known;
  const body = parseBody(request.body);
  call.isStreaming = body['stream'] === true;
  const deployment = known ?? deploymentNamed(body, call.account);
  call.deployment = deployment;

  const upstream = upstreamOf(options.upstreams, call.account.name, deployment.name);
  if (upstream === undefined && !factsOf(deployment.model).kinds.includes(kind)) {
    throw operationNotSupported(operation.modelOperation ?? operation.id, deployment.model.name);
  }
  charge(body, inference, deployment);
  const tokenizer = (await openTokenizer(deployment.model.name)) ?? (await estimateWith(deployment.model.name));
  const { signal } = request;
  if (upstream !== undefined) {
    return forward(upstream, { operation, apiVersion: call.apiVersion, body, tokenizer, signal });
  }
  return handlers[kind](body, { deployment, tokenizer, created, apiVersion: call.apiVersion, signal });
}

const handlers = { chat: answerChat, completion: answerCompletion, embedding: answerEmbedding } as const;

/** On v1 the body's `model` is the deployment. */
function deploymentNamed(body: JsonObject, account: AccountSnapshot): DeploymentSnapshot {
  const model = body['model'];
  if (typeof model !== 'string') throw missing('model');
  const deployment = deploymentOf(account, model);
  if (deployment === undefined) throw deploymentNotFound();
  return deployment;
}

function charge(body: JsonObject, { operation, kind, call, options }: Inference, deployment: DeploymentSnapshot): void {
  const { capacity } = deployment;
  const cost = costOf(body, kind);
  const decision = options.limiter.charge(`${call.account.id}/${deployment.name}`.toLowerCase(), { capacity, cost });
  call.rateHeaders = decision.headers;
  if (decision.exceeded === undefined || options.enforceRateLimits === false) return;
  const isOld = call.apiVersion !== 'v1' && call.apiVersion.slice(0, 10) <= '2023-05-15';
  throw rateExceeded({
    operation: isOld ? (operation.displayText ?? operation.id) : operation.id,
    apiVersion: call.apiVersion,
    limit: decision.exceeded,
    retryAfterSeconds: decision.retryAfterSeconds,
    headers: decision.headers,
  });
}

/** What Azure charges on arrival: what may be generated, 16 where nothing is said; a quarter of the characters of an embedding. */
function costOf(body: JsonObject, kind: OperationKind): number {
  if (kind === 'embedding') return Math.ceil(JSON.stringify(body['input'] ?? '').length / 4);
  const asked = numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']) ?? 16;
  return asked * Math.max(numberOf(body['n']) ?? 1, numberOf(body['best_of']) ?? 1);
}

const single = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);
