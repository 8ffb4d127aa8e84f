import type { LookupAddress } from 'node:dns';
import type { JsonObject } from '@vigia/contract';
import { Problem } from '@vigia/problem';

/** The properties of an API's PUT that only an import has. */
export interface DefinitionInput {
  /** `openapi`, `openapi+json`, `swagger-json`, or one of their links (`openapi-link` …); in any case. */
  readonly format: string;
  /** The document, or, for a link, its address. */
  readonly value: string;
  /** Where a required query parameter goes: into the URL template (default), or among the query parameters. */
  readonly translateRequiredQueryParameters?: 'template' | 'query';
}

export interface ImportOptions {
  /** Bytes of a document: inline, and of a link both as sent and unpacked. Azure's limit is 4 MB. */
  readonly maxBytes: number;
  /** A link may lead to this machine. */
  readonly allowLoopback: boolean;
  /** A link may lead into private networks; link-local and metadata addresses stay refused. Default false. */
  readonly allowPrivate?: boolean;
  /** Milliseconds of a link, all redirects together. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** All addresses of a host name. Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
}

export interface ImportedOperation {
  /** Resource name: the document's operationId, where it is a legal one. */
  readonly name: string;
  /** ARM's operation contract: displayName, method, urlTemplate, templateParameters, description, request, responses. */
  readonly properties: JsonObject;
}

export interface ImportedSchema {
  readonly name: string;
  /** ARM's schema contract: contentType, document. */
  readonly properties: JsonObject;
}

/** What a document says of an API. Names are unique without regard to case. */
export interface ImportedApi {
  readonly displayName: string;
  readonly description?: string;
  /** Absent: the document names no server that can be called. */
  readonly serviceUrl?: string;
  readonly protocols: readonly ('http' | 'https')[];
  /** `info.version`, as written. */
  readonly version?: string;
  readonly termsOfServiceUrl?: string;
  readonly contact?: JsonObject;
  readonly license?: JsonObject;
  /** In the document's order. */
  readonly operations: readonly ImportedOperation[];
  /** None or one: the components that operations refer to by `schemaId` and `typeName`. */
  readonly schemas: readonly ImportedSchema[];
  /** The document as it was read. */
  readonly specification: { readonly format: 'json' | 'yaml'; readonly text: string };
  /** What was changed or left out, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads, checks and takes apart an API definition.
 * @throws {Problem} 400 `ValidationError`, its details with target `representation`, one entry a mistake.
 */
export async function importDefinition(input: DefinitionInput, _options: ImportOptions): Promise<ImportedApi> {
  throw new Problem({
    code: 'ValidationError',
    status: 400,
    message: `The format '${input.format}' is not imported yet.`,
  });
}
