export type { PolicyFault } from './configuration.ts';
export {
  createGateway,
  type Gateway,
  type GatewayLimits,
  type GatewayLogger,
  type GatewayOptions,
  type GatewayStatus,
} from './gateway.ts';
export { OperationTree, segmentsOf } from './operation-tree.ts';
export type { DebugGrant, RequestTrace, RequestTraceEntry } from './tracing.ts';
