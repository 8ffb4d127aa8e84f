import type { PolicyDefinition } from './definition.ts';
import { authenticationManagedIdentity } from './policies/authentication-managed-identity.ts';
import { checkHeader } from './policies/check-header.ts';
import { choose } from './policies/choose.ts';
import { forwardRequest } from './policies/forward-request.ts';
import { ipFilter } from './policies/ip-filter.ts';
import { retry } from './policies/retry.ts';
import { returnResponse } from './policies/return-response.ts';
import { rewriteUri } from './policies/rewrite-uri.ts';
import { setBackendService } from './policies/set-backend-service.ts';
import { setBody } from './policies/set-body.ts';
import { setHeader } from './policies/set-header.ts';
import { setMethod } from './policies/set-method.ts';
import { setQueryParameter } from './policies/set-query-parameter.ts';
import { setStatus } from './policies/set-status.ts';
import { setVariable } from './policies/set-variable.ts';
import { trace } from './policies/trace.ts';

/** The policies that run here. `base` and `include-fragment` are the compiler's own. */
export const policies: ReadonlyMap<string, PolicyDefinition> = new Map(
  [
    authenticationManagedIdentity,
    checkHeader,
    choose,
    forwardRequest,
    ipFilter,
    retry,
    returnResponse,
    rewriteUri,
    setBackendService,
    setBody,
    setHeader,
    setMethod,
    setQueryParameter,
    setStatus,
    setVariable,
    trace,
  ].map((policy) => [policy.name, policy]),
);

/** Policies of API Management that do not run here yet: refused at save by name, never skipped. */
export const policiesNotRunYet: ReadonlySet<string> = new Set(
  `authentication-basic authentication-certificate azure-openai-emit-token-metric azure-openai-semantic-cache-lookup
  azure-openai-semantic-cache-store azure-openai-token-limit cache-lookup cache-lookup-value cache-remove-value cache-store
  cache-store-value cache-value cors cosmosdb-data-source cross-domain emit-metric find-and-replace get-authorization-context
  graphql-data-source http-data-source invoke-dapr-binding ip-restriction json-to-xml jsonp limit-concurrency
  llm-content-safety llm-emit-token-metric llm-semantic-cache-lookup llm-semantic-cache-store llm-token-limit
  log-to-eventhub mock-response proxy publish-event publish-to-dapr quota quota-by-key rate-limit rate-limit-by-key
  redirect-content-urls send-one-way-request send-request send-service-bus-message set-graphql-resolver sql-data-source
  validate-azure-ad-token validate-client-certificate validate-content validate-graphql-request validate-headers
  validate-jwt validate-odata-request validate-parameters validate-status-code wait xml-to-json xsl-transform block
  authentication-token authentication-token-store invoke-request set-request-metric-dimension-value set-url`.split(
    /\s+/,
  ),
);
