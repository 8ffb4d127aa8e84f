import type { LookupAddress } from 'node:dns';
import type { JsonObject } from '@vigia/contract';
import { checkDocument } from './check-document.ts';
import { findDefinitionFormat } from './definition-formats.ts';
import { describeApi, noteDocument } from './describe-api.ts';
import { type FetchedDefinition, fetchDefinition, sizeText } from './fetch-definition.ts';
import { createImportNotes } from './import-notes.ts';
import { importOperations } from './import-operations.ts';
import { invalidDefinition } from './invalid-definition.ts';
import { readDocument } from './read-document.ts';
import { createSchemaLibrary } from './schema-library.ts';
import { findServers } from './service-url.ts';

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
 * Reads, checks and takes apart an API definition: OpenAPI 2.0, 3.0.x, 3.1.x, as text or behind a link.
 * @throws {Problem} 400 `ValidationError`, its details with target `representation`, one entry a mistake. When
 * `options.signal` gives up, its reason.
 */
export async function importDefinition(input: DefinitionInput, options: ImportOptions): Promise<ImportedApi> {
  const format = findDefinitionFormat(input.format);
  const source: ReadableDefinition = format.isLink
    ? await fetchDefinition(input.value, options)
    : inlineDefinition(input.value, options);
  const notes = createImportNotes();
  const { root, syntax } = await readDocument(source.text, {
    ...source,
    format,
    notes,
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const dialect = await checkDocument(root);
  noteDocument(root, { dialect, format, notes });
  const library = createSchemaLibrary(root, notes);
  const requiredQuery = input.translateRequiredQueryParameters ?? 'template';
  const operations = importOperations({ root, library, notes, requiredQuery });
  const schema = library.entity();
  return {
    ...describeApi(root, notes),
    ...findServers(root, source.url, notes),
    operations,
    schemas: schema ? [schema] : [],
    specification: { format: syntax, text: source.text },
    notes: notes.list(),
  };
}

/** Inline documents have no place and no media type. */
type ReadableDefinition = Pick<FetchedDefinition, 'text'> & Partial<FetchedDefinition>;

function inlineDefinition(text: string, { maxBytes }: ImportOptions): ReadableDefinition {
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes)
    throw invalidDefinition([
      `The document has ${sizeText(bytes)}, more than the limit of ${sizeText(maxBytes)} for an inline one.`,
    ]);
  // A mark of the byte order is no part of the document.
  return { text: text.replace(/^\uFEFF/, '') };
}
