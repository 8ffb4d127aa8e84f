import type { PolicyDefinition } from './definition.ts';
import { authenticationBasic } from './policies/authentication-basic.ts';
import { authenticationCertificate } from './policies/authentication-certificate.ts';
import { authenticationManagedIdentity } from './policies/authentication-managed-identity.ts';
import { cacheLookup } from './policies/cache-lookup.ts';
import { cacheLookupValue } from './policies/cache-lookup-value.ts';
import { cacheRemoveValue } from './policies/cache-remove-value.ts';
import { cacheStore } from './policies/cache-store.ts';
import { cacheStoreValue } from './policies/cache-store-value.ts';
import { checkHeader } from './policies/check-header.ts';
import { choose } from './policies/choose.ts';
import { cors } from './policies/cors.ts';
import { emitMetric } from './policies/emit-metric.ts';
import { azureOpenAiEmitTokenMetric, llmEmitTokenMetric } from './policies/emit-token-metric.ts';
import { findAndReplace } from './policies/find-and-replace.ts';
import { forwardRequest } from './policies/forward-request.ts';
import { ipFilter } from './policies/ip-filter.ts';
import { jsonToXmlPolicy } from './policies/json-to-xml.ts';
import { jsonp } from './policies/jsonp.ts';
import { limitConcurrency } from './policies/limit-concurrency.ts';
import { llmContentSafety } from './policies/llm-content-safety.ts';
import { logToEventhub } from './policies/log-to-eventhub.ts';
import { mockResponse } from './policies/mock-response.ts';
import { proxy } from './policies/proxy.ts';
import { quota } from './policies/quota.ts';
import { quotaByKey } from './policies/quota-by-key.ts';
import { rateLimit } from './policies/rate-limit.ts';
import { rateLimitByKey } from './policies/rate-limit-by-key.ts';
import { redirectContentUrls } from './policies/redirect-content-urls.ts';
import { retry } from './policies/retry.ts';
import { returnResponse } from './policies/return-response.ts';
import { rewriteUri } from './policies/rewrite-uri.ts';
import { azureOpenAiSemanticCacheLookup, llmSemanticCacheLookup } from './policies/semantic-cache-lookup.ts';
import { azureOpenAiSemanticCacheStore, llmSemanticCacheStore } from './policies/semantic-cache-store.ts';
import { sendOneWayRequest, sendRequest } from './policies/send-request.ts';
import { setBackendService } from './policies/set-backend-service.ts';
import { setBody } from './policies/set-body.ts';
import { setHeader } from './policies/set-header.ts';
import { setMethod } from './policies/set-method.ts';
import { setQueryParameter } from './policies/set-query-parameter.ts';
import { setStatus } from './policies/set-status.ts';
import { setVariable } from './policies/set-variable.ts';
import { azureOpenAiTokenLimit, llmTokenLimit } from './policies/token-limit.ts';
import { trace } from './policies/trace.ts';
import { validateAzureAdToken } from './policies/validate-azure-ad-token.ts';
import { validateJwt } from './policies/validate-jwt.ts';
import { wait } from './policies/wait.ts';
import { xmlToJsonPolicy } from './policies/xml-to-json.ts';

export { refusedPolicies } from './refused-policies.ts';

/** The policies that run here. `base` and `include-fragment` are the compiler's own. */
export const policies: ReadonlyMap<string, PolicyDefinition> = new Map(
  [
    authenticationBasic,
    authenticationCertificate,
    authenticationManagedIdentity,
    azureOpenAiEmitTokenMetric,
    azureOpenAiSemanticCacheLookup,
    azureOpenAiSemanticCacheStore,
    azureOpenAiTokenLimit,
    cacheLookup,
    cacheLookupValue,
    cacheRemoveValue,
    cacheStore,
    cacheStoreValue,
    checkHeader,
    choose,
    cors,
    emitMetric,
    findAndReplace,
    forwardRequest,
    ipFilter,
    jsonToXmlPolicy,
    jsonp,
    limitConcurrency,
    llmContentSafety,
    llmEmitTokenMetric,
    llmSemanticCacheLookup,
    llmSemanticCacheStore,
    llmTokenLimit,
    logToEventhub,
    mockResponse,
    proxy,
    quota,
    quotaByKey,
    rateLimit,
    rateLimitByKey,
    redirectContentUrls,
    retry,
    returnResponse,
    rewriteUri,
    sendOneWayRequest,
    sendRequest,
    setBackendService,
    setBody,
    setHeader,
    setMethod,
    setQueryParameter,
    setStatus,
    setVariable,
    trace,
    validateAzureAdToken,
    validateJwt,
    wait,
    xmlToJsonPolicy,
  ].map((policy) => [policy.name, policy]),
);
