/** The scalar types of Kusto, as its documents spell them. */
export type KqlType =
  | 'bool'
  | 'int'
  | 'long'
  | 'real'
  | 'decimal'
  | 'datetime'
  | 'timespan'
  | 'guid'
  | 'string'
  | 'dynamic';

export interface KqlColumn {
  readonly name: string;
  readonly type: KqlType;
}

/**
 * How a value of each type is held in a store and leaves it (`log-plane/store`):
 * datetime and timespan as BIGINT ticks of 100 ns (datetime since 0001-01-01), dynamic as JSON text,
 * string never null (missing is `''`), guid as lower-case text, decimal as DECIMAL(38,18).
 */
export const TICKS_AT_UNIX_EPOCH = 621_355_968_000_000_000n;
