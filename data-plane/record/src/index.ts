export type { Exchange, ExchangeError, SeenMessage, TraceRecord } from './exchange.ts';
export type { OverflowChoice, Spool, SpoolState } from './spool.ts';
