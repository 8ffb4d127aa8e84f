export { BytesBody } from './bytes-body.ts';
export type {
  CheckOptions,
  CompiledPolicy,
  CompileInput,
  PolicyCompiler,
  PolicyFormat,
  PolicyScope,
  PolicySurroundings,
  ScopedDiagnostic,
  ScopedDocument,
  SectionName,
} from './compiler-types.ts';
export { completeDocument } from './complete-document.ts';
export {
  BackendFailure,
  type ForwardOptions,
  type Headers,
  type LastError,
  type MessageBody,
  type MutableUrl,
  type Pipeline,
  type PolicyContext,
  type PolicyRequest,
  type PolicyResponse,
  type PolicyServices,
  type PolicyTrace,
} from './context.ts';
export { builtInErrors, type DefaultAnswer, defaultResponse, reasonPhrase } from './default-response.ts';
export { toRawXml, toXml } from './document-format.ts';
export { HeaderMap } from './header-map.ts';
export { createPolicyCompiler, defaultDocument } from './policy-compiler.ts';
