/**
 * The compiled configuration: immutable, whole, with a version that only grows. The control plane writes it (sealed
 * with the installation's key), gateways and the embedded Azure OpenAI swap to it atomically.
 * Ids are ARM ids in canonical casing unless a comment says otherwise; look-ups by id are case-insensitive.
 */
export interface Snapshot {
  readonly version: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Base64. Keys are compared as HMAC-SHA256(keyHashSecret, key), hex: see `KeyHash`. */
  readonly keyHashSecret: string;
  readonly services: readonly ServiceSnapshot[];
  readonly accounts: readonly AccountSnapshot[];
  readonly roleAssignments: readonly RoleAssignmentSnapshot[];
}

/** Hex of HMAC-SHA256 over the key's UTF-8 bytes. Compare with `timingSafeEqual`. */
export type KeyHash = string;

export interface ManagedIdentitySnapshot {
  readonly principalId: string;
  readonly clientId: string;
  readonly tenantId: string;
}

/** Where a resource's logs and metrics go: one diagnostic setting that has a workspace. */
export interface LogExportSnapshot {
  readonly settingName: string;
  /** customerId of the workspace, lower case. */
  readonly workspaceId: string;
  /** `logAnalyticsDestinationType` is Dedicated: resource-specific tables. */
  readonly isDedicated: boolean;
  /** Enabled log categories, with categoryGroups (`allLogs`, `audit`) already expanded. */
  readonly categories: readonly string[];
  readonly allMetrics: boolean;
}

/** Microsoft.ApiManagement/service. */
export interface ServiceSnapshot {
  readonly id: string;
  readonly name: string;
  /** `eastus`. */
  readonly location: string;
  /** `East US`. */
  readonly regionName: string;
  readonly sku: string;
  /** Host names that address this service (`<name>.azure-api.net`). */
  readonly hosts: readonly string[];
  /** Takes requests whose Host names no service. Exactly one service has it, the first that was created. */
  readonly isDefault: boolean;
  readonly identity?: ManagedIdentitySnapshot;
  readonly policy?: string;
  readonly namedValues: readonly NamedValueSnapshot[];
  readonly fragments: readonly { readonly id: string; readonly document: string }[];
  readonly apis: readonly ApiSnapshot[];
  readonly products: readonly ProductSnapshot[];
  readonly subscriptions: readonly SubscriptionSnapshot[];
  readonly backends: readonly BackendSnapshot[];
  /** The service's own `azuremonitor` diagnostic; an API's own one replaces it (no merge). */
  readonly diagnostic?: DiagnosticSnapshot;
  readonly exports: readonly LogExportSnapshot[];
}

export interface NamedValueSnapshot {
  /** What `{{…}}` refers to (displayName). */
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

export interface ApiSnapshot {
  /** Resource name without `;rev=`. */
  readonly id: string;
  readonly displayName: string;
  readonly revision: string;
  readonly isCurrent: boolean;
  readonly version?: string;
  /** Without leading or trailing slash; may be empty. */
  readonly path: string;
  readonly serviceUrl?: string;
  readonly protocols: readonly string[];
  readonly subscriptionRequired: boolean;
  readonly subscriptionKeyParameterNames: { readonly header: string; readonly query: string };
  readonly operations: readonly OperationSnapshot[];
  readonly policy?: string;
  readonly diagnostic?: DiagnosticSnapshot;
}

export interface OperationSnapshot {
  /** Resource name, as in the imported document: `ChatCompletions_Create`. */
  readonly id: string;
  readonly displayName: string;
  /** Upper case. */
  readonly method: string;
  /** `/deployments/{deployment-id}/chat/completions?api-version={api-version}`. */
  readonly urlTemplate: string;
  readonly policy?: string;
  /** What is described of the operation's answers; an example is the text of a body. */
  readonly responses?: readonly {
    readonly statusCode: number;
    readonly representations: readonly { readonly contentType: string; readonly examples: readonly string[] }[];
  }[];
}

export interface ProductSnapshot {
  readonly id: string;
  readonly displayName: string;
  readonly state: 'notPublished' | 'published';
  readonly subscriptionRequired: boolean;
  /** API ids (resource names). */
  readonly apis: readonly string[];
  readonly policy?: string;
}

export interface SubscriptionSnapshot {
  readonly id: string;
  readonly displayName: string;
  readonly scope:
    | { readonly kind: 'service' }
    | { readonly kind: 'allApis' }
    | { readonly kind: 'api'; readonly id: string }
    | { readonly kind: 'product'; readonly id: string };
  readonly state: 'suspended' | 'active' | 'expired' | 'submitted' | 'rejected' | 'cancelled';
  readonly primaryKey: KeyHash;
  readonly secondaryKey: KeyHash;
  readonly ownerId?: string;
  readonly allowTracing: boolean;
  /** ISO 8601. */
  readonly createdDate: string;
}

export interface BackendSnapshot {
  readonly id: string;
  /** '' for a pool. */
  readonly url: string;
  /** Members by their backend ids: those of the lowest priority number that can be used share by weight. */
  readonly pool?: {
    readonly services: readonly { readonly id: string; readonly priority: number; readonly weight: number }[];
  };
  /** Opens, so that the backend gets no call for a while, when it failed too often. */
  readonly circuitBreaker?: {
    readonly count: number;
    /** Milliseconds in which the failures are counted. */
    readonly interval: number;
    /** Milliseconds that it stays open. */
    readonly tripDuration: number;
    /** A backend's Retry-After says how long, where it sends one. */
    readonly acceptRetryAfter: boolean;
    readonly statusCodeRanges: readonly { readonly min: number; readonly max: number }[];
    /** A call that got no answer counts. */
    readonly countsErrors: boolean;
  };
  readonly credentials?: {
    readonly header?: Readonly<Record<string, readonly string[]>>;
    readonly query?: Readonly<Record<string, readonly string[]>>;
    readonly authorization?: { readonly scheme: string; readonly parameter: string };
    /** preview API versions: the service's managed identity signs the call. */
    readonly managedIdentity?: { readonly resource: string; readonly clientId?: string };
  };
}

export interface MessageLogging {
  readonly headers: readonly string[];
  /**
   * 0: no body. 8192, Azure's highest number: the whole body (up to the capture limit of the settings).
   * Between: cut at that many bytes, as on Azure.
   */
  readonly bodyBytes: number;
  readonly maskedHeaders: readonly { readonly name: string; readonly mode: 'Mask' | 'Hide' }[];
  readonly maskedQuery: readonly { readonly name: string; readonly mode: 'Mask' | 'Hide' }[];
}

/** diagnostics/azuremonitor of a service or an API. */
export interface DiagnosticSnapshot {
  readonly alwaysLogErrors: boolean;
  /** 0..100. */
  readonly samplingPercentage: number;
  readonly verbosity: 'verbose' | 'information' | 'error';
  readonly logClientIp: boolean;
  readonly frontendRequest: MessageLogging;
  readonly frontendResponse: MessageLogging;
  readonly backendRequest: MessageLogging;
  readonly backendResponse: MessageLogging;
  /** Absent: largeLanguageModel.logs is not enabled. */
  readonly largeLanguageModel?: {
    readonly requestMessages: boolean;
    readonly requestMaxBytes: number;
    readonly responseMessages: boolean;
    readonly responseMaxBytes: number;
  };
}

/** Microsoft.CognitiveServices/accounts, embedded. */
export interface AccountSnapshot {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly regionName: string;
  readonly kind: string;
  /** `customSubDomainName`. */
  readonly subDomain: string;
  /** Where the embedded service answers for this account: `http://127.0.0.1:7082/`. */
  readonly endpoint: string;
  /** Host names that mean this account (`<subDomain>.openai.azure.com`, `<subDomain>.cognitiveservices.azure.com`). */
  readonly hosts: readonly string[];
  readonly isDefault: boolean;
  readonly key1: KeyHash;
  readonly key2: KeyHash;
  readonly disableLocalAuth: boolean;
  readonly deployments: readonly DeploymentSnapshot[];
  readonly exports: readonly LogExportSnapshot[];
}

export interface DeploymentSnapshot {
  readonly name: string;
  readonly model: { readonly format: string; readonly name: string; readonly version: string };
  readonly sku: string;
  /** Thousands of tokens a minute. */
  readonly capacity: number;
}

export interface RoleAssignmentSnapshot {
  /** ARM id of the scope, lower case. */
  readonly scope: string;
  readonly principalId: string;
  /** The guid alone, lower case. */
  readonly roleDefinitionId: string;
}
