import type { Diagnostic } from '@vigia/contract';
import type { Pipeline } from './context.ts';
import type { PolicyPlace } from './tracing/policy-tracer.ts';

export type PolicyScope = 'global' | 'workspace' | 'product' | 'api' | 'operation';
export type PolicyFormat = 'xml' | 'rawxml';
export type SectionName = 'inbound' | 'backend' | 'outbound' | 'on-error';

export interface EventHubLogger {
  readonly id: string;
  readonly eventHub: string;
  /** With its SharedAccessKey. */
  readonly connectionString: string;
}

/** What a document may refer to. An absent list is not checked; an empty one knows no name. */
export interface PolicySurroundings {
  readonly namedValues?: readonly { readonly name: string; readonly value: string; readonly secret?: boolean }[];
  readonly fragments?: readonly { readonly id: string; readonly document: string }[];
  readonly backends?: readonly { readonly id: string }[];
  /** Event Hub loggers. Unlike the other lists, an absent one knows no name: nothing would take the events. */
  readonly loggers?: readonly EventHubLogger[];
}

export interface CheckOptions extends PolicySurroundings {
  /** `fragment`: the document is a `<fragment>`. */
  readonly scope: PolicyScope | 'fragment';
  /** Default `rawxml`; expressions that are not escaped are understood in both. */
  readonly format?: PolicyFormat;
}

export interface ScopedDocument {
  readonly scope: PolicyScope;
  readonly text: string;
}

export interface CompileInput extends PolicySurroundings {
  /** Outer to inner; a scope without a document is left out (it then has its default document). */
  readonly documents: readonly ScopedDocument[];
}

export interface ScopedDiagnostic extends Diagnostic {
  readonly scope: PolicyScope;
}

export interface CompiledPolicy {
  /** Where there are errors: a pipeline that answers every request with 500. */
  readonly pipeline: Pipeline;
  readonly diagnostics: readonly ScopedDiagnostic[];
  /** Every policy of the documents, inner ones first; also those that no `<base />` reaches. */
  readonly places: readonly PolicyPlace[];
}

export interface PolicyCompiler {
  /** Every mistake of one document, at once; an error means that it must not be saved. Never throws for a user's text. */
  check(document: string, options: CheckOptions): Diagnostic[];
  /** One effective pipeline. Call once a snapshot and operation (and product), not per request. */
  compile(input: CompileInput): CompiledPolicy;
}
