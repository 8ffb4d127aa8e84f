export type { Clock } from './clock.ts';
export type { Diagnostic } from './diagnostic.ts';
export type { JsonObject, JsonValue } from './json.ts';
export { type KqlColumn, type KqlType, TICKS_AT_UNIX_EPOCH } from './kql.ts';
export type { LogRecord, TableRow } from './record.ts';
export type {
  AccountSnapshot,
  ApiSnapshot,
  BackendSnapshot,
  DeploymentSnapshot,
  DiagnosticSnapshot,
  KeyHash,
  LogExportSnapshot,
  ManagedIdentitySnapshot,
  MessageLogging,
  NamedValueSnapshot,
  OperationSnapshot,
  ProductSnapshot,
  RoleAssignmentSnapshot,
  ServiceSnapshot,
  Snapshot,
  SubscriptionSnapshot,
} from './snapshot.ts';
