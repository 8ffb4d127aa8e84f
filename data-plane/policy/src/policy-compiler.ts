import type { CSharp } from '@vigia/expression';
import { compileDocument } from './compile-document.ts';
import type {
  CheckOptions,
  CompiledPolicy,
  CompileInput,
  PolicyCompiler,
  PolicyScope,
  ScopedDiagnostic,
  SectionName,
} from './compiler-types.ts';
import { completeDocument } from './complete-document.ts';
import { allSections, type Step } from './definition.ts';
import { createPipeline } from './pipeline.ts';
import { PolicyError } from './policy-error.ts';
import type { PolicyPlace } from './tracing/policy-tracer.ts';

const defaultGlobal = `<policies>
	<inbound></inbound>
	<backend>
		<forward-request />
	</backend>
	<outbound></outbound>
	<on-error></on-error>
</policies>`;

const defaultInner = `<policies>
	<inbound>
		<base />
	</inbound>
	<backend>
		<base />
	</backend>
	<outbound>
		<base />
	</outbound>
	<on-error>
		<base />
	</on-error>
</policies>`;

/** The document of a scope that has none. */
export const defaultDocument = (scope: PolicyScope): string => (scope === 'global' ? defaultGlobal : defaultInner);

/** Policy documents → checks and pipelines. One instance a process is enough. */
export function createPolicyCompiler(csharp: CSharp): PolicyCompiler {
  return {
    check: (document: string, options: CheckOptions) => [
      ...compileDocument(document, csharp, options.scope, options).diagnostics,
    ],
    compile: (input: CompileInput): CompiledPolicy => compileEffective(csharp, input),
  };
}

function compileEffective(csharp: CSharp, input: CompileInput): CompiledPolicy {
  const documents = input.documents.some(({ scope }) => scope === 'global')
    ? input.documents
    : [{ scope: 'global' as const, text: defaultGlobal }, ...input.documents];
  const diagnostics: ScopedDiagnostic[] = [];
  const places: PolicyPlace[] = [];
  const needs = { requestBody: false, responseBody: false };
  let outer = new Map<SectionName, readonly Step[]>();
  // From the outside in: `<base/>` is what the scopes before made of the section.
  for (const { scope, text } of documents) {
    const document = compileDocument(completeDocument(text), csharp, scope, input);
    diagnostics.push(...document.diagnostics.map((diagnostic) => ({ ...diagnostic, scope })));
    places.push(...document.places);
    needs.requestBody ||= document.needs.requestBody;
    needs.responseBody ||= document.needs.responseBody;
    outer = new Map(
      allSections.map((section) => {
        const parent = outer.get(section) ?? [];
        const items = document.sections.get(section) ?? (document.sections.size === 0 ? ['base' as const] : []);
        return [section, items.flatMap((item) => (item === 'base' ? parent : [item]))];
      }),
    );
  }
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    const refuse: Step = () => {
      throw new PolicyError('InvalidPolicy', 'The policy of this operation has mistakes and cannot run.');
    };
    return { pipeline: createPipeline(new Map([['inbound', [refuse]]]), needs), diagnostics, places };
  }
  return { pipeline: createPipeline(outer, needs), diagnostics, places };
}
