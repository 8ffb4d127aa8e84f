const noDescription = 'the description of the operation is not at hand when a request runs.';
const selfHosted = 'it is for self-hosted gateways.';
const resolver = 'it stands in a GraphQL resolver, and there is no GraphQL here.';
const undocumented = 'it is not documented.';

/** Policies of API Management whose effect cannot be had here, each with the reason. Refused at save, never skipped. */
export const refusedPolicies: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'cross-domain': 'it is for Flash and Silverlight.',
    'get-authorization-context': 'there is no credential manager here.',
    'send-service-bus-message': 'there is no Service Bus here.',
    'validate-client-certificate': 'the gateway takes no client certificates yet.',
    'validate-content': 'schemas of APIs are not at hand when a request runs.',
    'validate-graphql-request': 'there is no GraphQL here.',
    'validate-headers': noDescription,
    'validate-odata-request': 'there is no OData here.',
    'validate-parameters': noDescription,
    'validate-status-code': noDescription,
    'xsl-transform': 'there is no XSLT processor here.',
    'invoke-dapr-binding': selfHosted,
    'publish-to-dapr': selfHosted,
    'cosmosdb-data-source': resolver,
    'graphql-data-source': resolver,
    'http-data-source': resolver,
    'publish-event': resolver,
    'set-graphql-resolver': resolver,
    'sql-data-source': resolver,
    'authentication-token': undocumented,
    'authentication-token-store': undocumented,
    block: undocumented,
    'cache-value': undocumented,
    'invoke-request': undocumented,
    'ip-restriction': undocumented,
    'set-request-metric-dimension-value': undocumented,
    'set-url': 'it stands inside of send-request only.',
  }),
);
