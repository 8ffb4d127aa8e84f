export { auditRecord, azureDiagnosticsRecord } from './azure-diagnostics-record.ts';
export type { Exchange, ExchangeError, SeenMessage, TraceRecord } from './exchange.ts';
export { gatewayRecord } from './gateway-record.ts';
export type { RecordLogger } from './logger.ts';
export { openSpool, type SpoolOptions } from './open-spool.ts';
export type { KeyAction, OpenAiCall, TokenUsage } from './openai-call.ts';
export { createShipper, type Shipper, type ShipperOptions, type ShipperStatus } from './shipper.ts';
export type { OverflowChoice, Spool, SpoolState } from './spool.ts';
