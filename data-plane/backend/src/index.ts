export { BackendCallFailure, type BackendCallFailureKind } from './backend-call-failure.ts';
export {
  type BackendAnswer,
  type BackendCall,
  type BackendClient,
  type BackendClientOptions,
  type BackendLimits,
  createBackendClient,
} from './backend-client.ts';
export { withoutHeadersOfOneHop } from './headers-of-one-hop.ts';
