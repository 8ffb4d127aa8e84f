/** What the spool and the shipper tell the operator. `facts` hold no bodies, keys or tokens. */
export interface RecordLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}
