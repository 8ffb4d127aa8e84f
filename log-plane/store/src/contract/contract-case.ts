import type { JsonValue, KqlType, LogRecord, TableRow } from '@vigia/contract';
import type { Cell, LogStore, SpoolBatch, StoreQuery, StoreResult } from '../log-store.ts';
import type { TableSchema } from '../table-schema.ts';

/** Opens the store at one place: empty the first time, with what was kept at each later time. */
export type OpenLogStore = (schemas?: readonly TableSchema[]) => Promise<LogStore>;

/** Fails by throwing. It closes what it opens. */
export type ContractCase = (open: OpenLogStore) => Promise<void>;

export const WORKSPACE = '11111111-2222-3333-4444-555555555555';
export const OTHER_WORKSPACE = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';

export const row = (table: string, values: TableRow['values'], workspaceId = WORKSPACE): TableRow => ({
  table,
  workspaceId,
  values,
});

/** A batch of one record from one byte to another. */
export function batch(rows: readonly TableRow[], place: Partial<BatchPlace> = {}): SpoolBatch {
  const { source = 'gateway-1', segment = 1, from = 0, to = from + 100 } = place;
  const record: LogRecord = { id: `${source}-${segment}-${from}`, rows };
  return { source, from: { segment, offset: from }, to: { segment, offset: to }, records: [record] };
}

interface BatchPlace {
  readonly source: string;
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

export const trace = (message: JsonValue, workspaceId = WORKSPACE): TableRow =>
  row('AppTraces', { TimeGenerated: '2026-03-01T12:00:00Z', Message: message }, workspaceId);

/** Names of columns with their types, in order. */
export type Selection = Readonly<Record<string, KqlType>>;

export function query(sql: string, types: readonly KqlType[], more: Partial<StoreQuery> = {}): StoreQuery {
  return { sql, types, parameters: [], maxRows: 1_000, timeoutMs: 20_000, ...more };
}

export async function select(
  store: LogStore,
  table: string,
  columns: Selection,
  options: { readonly orderBy?: string; readonly workspaceId?: string } = {},
): Promise<readonly (readonly Cell[])[]> {
  const names = Object.keys(columns).map((name) => `"${name}"`);
  const order = options.orderBy === undefined ? '' : ` order by "${options.orderBy}"`;
  const sql = `select ${names.join(', ')} from ${store.relation(table, options.workspaceId ?? WORKSPACE)}${order}`;
  const result: StoreResult = await store.query(query(sql, Object.values(columns)));
  return result.rows;
}

export const messages = async (store: LogStore, workspaceId = WORKSPACE): Promise<readonly Cell[]> =>
  (await select(store, 'AppTraces', { Message: 'string' }, { orderBy: 'Message', workspaceId })).map(
    ([message]) => message ?? null,
  );

/** One case with one open store. */
export const withStore =
  (check: (store: LogStore) => Promise<void>): ContractCase =>
  async (open) => {
    const store = await open();
    try {
      await check(store);
    } finally {
      await store.close();
    }
  };
