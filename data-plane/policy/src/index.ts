export { BytesBody } from './bytes-body.ts';
export type {
  CheckOptions,
  CompiledPolicy,
  CompileInput,
  EventHubLogger,
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
  type BodyWatcher,
  type ForwardOptions,
  type Headers,
  type LastError,
  type MessageBody,
  type MutableUrl,
  type Pipeline,
  type PolicyContext,
  type PolicyRequest,
  type PolicyResponse,
  type PolicyTrace,
} from './context.ts';
export { builtInErrors, type DefaultAnswer, defaultResponse, reasonPhrase } from './default-response.ts';
export { toRawXml, toXml } from './document-format.ts';
export { FollowUps } from './follow-ups.ts';
export { HeaderMap } from './header-map.ts';
export { setServiceUrl } from './policies/set-backend-service.ts';
export { createPolicyCompiler, defaultDocument } from './policy-compiler.ts';
export { createLocalServices, type LocalServices } from './services/local-services.ts';
export type {
  CounterReading,
  Counters,
  CounterWindow,
  EmittedMetric,
  Gates,
  OpenIdConfiguration,
  OpenIdSource,
  OutgoingCall,
  PolicyClock,
  PolicyServices,
  TokenCounter,
  ValueCache,
  VectorCache,
} from './services/policy-services.ts';
export {
  type CollectedTrace,
  collectTrace,
  type TraceCollector,
  type TracedMessage,
  type TracedState,
  type TraceEntry,
} from './tracing/collect-trace.ts';
export { createSecretMask, type SecretMask } from './tracing/mask-secrets.ts';
export type { PolicyEnd, PolicyPlace, PolicyTracer } from './tracing/policy-tracer.ts';
export { changesOf, type TraceChange } from './tracing/trace-changes.ts';
