import { type FSWatcher, watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@vigia/contract';
import type { LogStore, SpoolPosition } from '@vigia/store';
import type { RecordLogger } from './logger.ts';
import { SpoolTail } from './spool-tail.ts';

export interface ShipperOptions {
  /** Holds the spools, one folder each; new ones are found while running. */
  readonly folder: string;
  readonly store: Pick<LogStore, 'append' | 'deliveredUpTo'>;
  /** Looks this often even if the file system told nothing. Default 250. */
  readonly pollMs?: number;
  /** Records a batch. Default 2 000. */
  readonly maxRecords?: number;
  /** Bytes a batch; a longer record is a batch of its own. Default 8 MiB. */
  readonly maxBytes?: number;
  readonly logger: RecordLogger;
  readonly clock?: Clock;
}

export interface ShipperStatus {
  readonly spools: readonly {
    readonly source: string;
    readonly deliveredUpTo?: SpoolPosition;
    /** Why the last delivery failed, if that still holds. */
    readonly trouble?: string;
    /** Places of damage passed over, each told by a VigiaCaptureLoss row. */
    readonly damaged: number;
  }[];
  readonly records: number;
  readonly rows: number;
  /** Rows that the store could not take. */
  readonly rejected: number;
}

export interface Shipper {
  start(): Promise<void>;
  /** Resolves when everything that was written before the call is in the store; waits while the store fails. */
  flush(): Promise<void>;
  status(): ShipperStatus;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;

interface Line {
  readonly tail: SpoolTail;
  watcher: FSWatcher | undefined;
  pumping: Promise<void> | undefined;
  /** Something may be new since the last look. */
  isDirty: boolean;
  /** The store has to be asked where it stands: at the start, and after a delivery of unknown outcome. */
  isPlaceKnown: boolean;
  /** Times that nothing was left to deliver. */
  rounds: number;
  retryMs: number;
  trouble: string | undefined;
}

/** Carries what is in the spools of a folder into the store: in order, each record once, until it is closed. */
export function createShipper(options: ShipperOptions): Shipper {
  const { folder, store, logger } = options;
  const clock = options.clock ?? Date;
  const lines = new Map<string, Line>();
  const waiting = new Set<() => void>();
  const retries = new Set<() => void>();
  let records = 0;
  let rows = 0;
  let rejected = 0;
  let watcher: FSWatcher | undefined;
  let poll: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  const state = { isClosed: false };

  const look = async (): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries) {
      if (!entry.isDirectory() || lines.has(entry.name) || state.isClosed) continue;
      const tail = new SpoolTail({
        folder,
        source: entry.name,
        maxRecords: options.maxRecords ?? 2_000,
        maxBytes: options.maxBytes ?? 8 * 1024 * 1024,
        logger,
        clock,
      });
      const line: Line = {
        tail,
        watcher: undefined,
        pumping: undefined,
        isDirty: true,
        isPlaceKnown: false,
        rounds: 0,
        retryMs: FIRST_RETRY_MS,
        trouble: undefined,
      };
      line.watcher = watchFolder(join(folder, entry.name), () => pump(line));
      lines.set(entry.name, line);
    }
    for (const line of lines.values()) pump(line);
  };

  const lookSoon = (): void => {
    if (state.isClosed) return;
    looking ??= look()
      .catch((error: unknown) => logger.error('The spool folder cannot be read', { folder, error: messageOf(error) }))
      .finally(() => {
        looking = undefined;
      });
  };

  const watchFolder = (path: string, onChange: () => void): FSWatcher | undefined => {
    try {
      const made = watch(path, { persistent: false }, onChange);
      made.on('error', (error) =>
        logger.warn('A folder is no longer watched; it is polled', { path, error: error.message }),
      );
      return made;
    } catch (error) {
      logger.warn('A folder cannot be watched; it is polled', { path, error: messageOf(error) });
      return undefined;
    }
  };

  const pump = (line: Line): void => {
    line.isDirty = true;
    if (state.isClosed) return;
    line.pumping ??= pumpUntilEmpty(line).finally(() => {
      line.pumping = undefined;
      // Word of new bytes may have come between the last look and now.
      if (line.isDirty) pump(line);
    });
  };

  const pumpUntilEmpty = async (line: Line): Promise<void> => {
    while (line.isDirty && !state.isClosed) {
      line.isDirty = false;
      try {
        await deliver(line);
        line.retryMs = FIRST_RETRY_MS;
        if (line.trouble !== undefined) logger.info('Records are delivered again', { spool: line.tail.source });
        line.trouble = undefined;
      } catch (error) {
        const reason = messageOf(error);
        if (line.trouble !== reason)
          logger.error('Records cannot be delivered; they stay in the spool', { spool: line.tail.source, reason });
        line.trouble = reason;
        line.isPlaceKnown = false;
        line.isDirty = true;
        await pause(line.retryMs);
        line.retryMs = Math.min(line.retryMs * 2, LAST_RETRY_MS);
      }
    }
  };

  const deliver = async (line: Line): Promise<void> => {
    if (!line.isPlaceKnown) {
      line.tail.seek(await store.deliveredUpTo(line.tail.source));
      line.isPlaceKnown = true;
    }
    while (!state.isClosed) {
      const batch = await line.tail.next();
      if (batch === undefined) break;
      const result = await store.append(batch);
      line.tail.advance(batch.to);
      records += batch.records.length;
      rows += result.rows;
      rejected += result.rejected.length;
      for (const { recordId, reason } of result.rejected)
        logger.error('The store could not take a row', { spool: batch.source, recordId, reason });
      wake();
    }
    await line.tail.deleteDelivered();
    line.rounds += 1;
    wake();
  };

  const wake = (): void => {
    for (const resume of waiting) resume();
    waiting.clear();
  };

  /** Waits, or less where the shipper is closed meanwhile. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        retries.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      timer.unref();
      if (state.isClosed) done();
      else retries.add(done);
    });

  return {
    async start() {
      await mkdir(folder, { recursive: true });
      watcher = watchFolder(folder, lookSoon);
      poll = setInterval(lookSoon, options.pollMs ?? 250);
      poll.unref();
      await look();
    },
    async flush() {
      await look();
      const goals = await Promise.all([...lines.values()].map(async (line) => ({ line, end: await line.tail.end() })));
      for (const { line, end } of goals) {
        const before = line.rounds;
        // A half-written tail never arrives: a whole round that began after this and left nothing is as good.
        const isDone = (): boolean =>
          end === undefined ||
          (line.tail.position !== undefined && isAtOrBehind(line.tail.position, end)) ||
          (line.rounds > before + 1 && !line.tail.isHeldByDamage);
        while (!isDone()) {
          if (state.isClosed) throw new Error('the shipper was closed before everything was delivered');
          const woken = new Promise<void>((resolve) => waiting.add(resolve));
          pump(line);
          await woken;
        }
      }
    },
    status: () => ({
      spools: [...lines.values()].map(({ tail, trouble }) => ({
        source: tail.source,
        damaged: tail.damaged,
        ...(tail.position === undefined ? {} : { deliveredUpTo: tail.position }),
        ...(trouble === undefined ? {} : { trouble }),
      })),
      records,
      rows,
      rejected,
    }),
    async close() {
      state.isClosed = true;
      clearInterval(poll);
      watcher?.close();
      for (const done of retries) done();
      wake();
      await looking;
      for (const line of lines.values()) {
        line.watcher?.close();
        await line.pumping;
        await line.tail.close();
      }
    },
  };
}

const isAtOrBehind = (at: SpoolPosition, goal: SpoolPosition): boolean =>
  at.segment > goal.segment || (at.segment === goal.segment && at.offset >= goal.offset);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
