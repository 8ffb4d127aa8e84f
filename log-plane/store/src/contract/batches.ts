import { deepEqual, equal, rejects } from 'node:assert/strict';
import {
  batch,
  type ContractCase,
  messages,
  OTHER_WORKSPACE,
  row,
  trace,
  WORKSPACE,
  withStore,
} from './contract-case.ts';

const at = (segment: number, offset: number) => ({ segment, offset });

/** Each place of a spool is taken once. */
export const batchCases: Readonly<Record<string, ContractCase>> = {
  'rows are there as soon as the append resolves': withStore(async (store) => {
    for (let index = 0; index < 20; index += 1) {
      const from = index * 100;
      deepEqual(await store.append(batch([trace(`m${index}`)], { from })), {
        isDuplicate: false,
        rows: 1,
        rejected: [],
      });
      equal((await messages(store)).length, index + 1);
    }
  }),

  'a spool that delivered nothing has no place': withStore(async (store) => {
    equal(await store.deliveredUpTo('gateway-1'), undefined);
  }),

  'the place is where the last batch ended, for each spool': withStore(async (store) => {
    await store.append(batch([trace('a')], { source: 'one', to: 70 }));
    await store.append(batch([trace('b')], { source: 'two', segment: 4, to: 90 }));
    await store.append(batch([trace('c')], { source: 'one', from: 70, to: 95 }));
    deepEqual(await store.deliveredUpTo('one'), at(1, 95));
    deepEqual(await store.deliveredUpTo('two'), at(4, 90));
    deepEqual(await messages(store), ['a', 'b', 'c']);
  }),

  'a batch that was delivered already is told and not written': withStore(async (store) => {
    await store.append(batch([trace('a')], { from: 0, to: 50 }));
    await store.append(batch([trace('b')], { from: 50, to: 80 }));
    for (const place of [
      { from: 0, to: 50 },
      { from: 50, to: 80 },
      { from: 0, to: 80 },
    ])
      deepEqual(await store.append(batch([trace('again')], place)), { isDuplicate: true, rows: 0, rejected: [] });
    deepEqual(await messages(store), ['a', 'b']);
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 80));
  }),

  'a batch of an earlier segment was delivered already': withStore(async (store) => {
    await store.append(batch([trace('a')], { segment: 1 }));
    await store.append(batch([trace('b')], { segment: 2, to: 10 }));
    equal((await store.append(batch([trace('c')], { segment: 1, from: 500, to: 900 }))).isDuplicate, true);
    deepEqual(await messages(store), ['a', 'b']);
  }),

  'a batch across the place is refused whole, and reading goes on from the place': withStore(async (store) => {
    await store.append(batch([trace('a')], { from: 0, to: 50 }));
    await rejects(store.append(batch([trace('a'), trace('b')], { from: 0, to: 80 })));
    deepEqual(await messages(store), ['a']);
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 50));
    await store.append(batch([trace('b')], { from: 50, to: 80 }));
    deepEqual(await messages(store), ['a', 'b']);
  }),

  'a gap is refused': withStore(async (store) => {
    await rejects(store.append(batch([trace('a')], { from: 10, to: 50 })));
    await store.append(batch([trace('a')], { from: 0, to: 50 }));
    await rejects(store.append(batch([trace('c')], { from: 60, to: 90 })));
    await rejects(store.append(batch([trace('c')], { segment: 2, from: 60, to: 90 })));
    deepEqual(await messages(store), ['a']);
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 50));
  }),

  'a later segment begins at its first byte, also after segments without records': withStore(async (store) => {
    await store.append(batch([trace('a')], { segment: 3, to: 50 }));
    await store.append(batch([trace('b')], { segment: 4, to: 60 }));
    await store.append(batch([trace('c')], { segment: 9, to: 70 }));
    deepEqual(await store.deliveredUpTo('gateway-1'), at(9, 70));
    deepEqual(await messages(store), ['a', 'b', 'c']);
  }),

  'a batch that does not go forward is refused': withStore(async (store) => {
    await rejects(store.append(batch([trace('a')], { from: 0, to: 0 })));
    await rejects(store.append(batch([trace('a')], { from: 0, to: -1 })));
    await rejects(store.append(batch([trace('a')], { from: 0, to: 1.5 })));
    equal(await store.deliveredUpTo('gateway-1'), undefined);
  }),

  'a batch without rows moves the place': withStore(async (store) => {
    deepEqual(await store.append(batch([], { to: 50 })), { isDuplicate: false, rows: 0, rejected: [] });
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 50));
  }),

  'appends that are called at the same time come one after the other': withStore(async (store) => {
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => store.append(batch([trace(`m${index}`)], { from: index * 100 }))),
    );
    deepEqual(
      results.map(({ rows }) => rows),
      Array.from({ length: 10 }, () => 1),
    );
    equal((await messages(store)).length, 10);
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 1_000));
  }),

  'rows and places outlive the store': async (open) => {
    const first = await open();
    await first.append(batch([trace('a'), trace('b', OTHER_WORKSPACE)], { segment: 7, to: 50 }));
    await first.close();
    const second = await open();
    try {
      deepEqual(await messages(second), ['a']);
      deepEqual(await messages(second, OTHER_WORKSPACE), ['b']);
      deepEqual(await second.deliveredUpTo('gateway-1'), at(7, 50));
      equal((await second.append(batch([trace('a')], { segment: 7, to: 50 }))).isDuplicate, true);
      await second.append(batch([trace('c')], { segment: 7, from: 50 }));
      deepEqual(await messages(second), ['a', 'c']);
    } finally {
      await second.close();
    }
  },

  'a row that cannot be kept is told with its record; the others of the record are kept': withStore(async (store) => {
    const bad = [
      row('NoSuchTable', {}),
      row('AzureMetrics', { MetricName: 'nobody writes sums' }),
      row('AppTraces', { NoSuchColumn: 'x' }),
      row('AppTraces', { Type: 'AppTraces' }),
      row('AppTraces', { TenantId: OTHER_WORKSPACE }),
      row('AppTraces', { SeverityLevel: 'three' }),
      row('AppTraces', { SeverityLevel: 1.5 }),
      row('AppTraces', { SeverityLevel: 2 ** 31 }),
      row('AppTraces', { SeverityLevel: [1] }),
      row('AppTraces', { TimeGenerated: 'yesterday' }),
      row('AppTraces', { TimeGenerated: '2026-02-30T00:00:00Z' }),
      row('AppTraces', { TimeGenerated: 1_700_000_000 }),
      row('AppRequests', { Success: 1 }),
      row('AppRequests', { DurationMs: '12 ms' }),
      row('VigiaTokenUsage', { PromptTokens: '9223372036854775808' }),
      row('AppTraces', { Message: 'x' }, 'not-a-guid'),
      row('AppTraces', { Message: 'x' }, ''),
    ];
    const { rows, rejected } = await store.append(batch([trace('before'), ...bad, trace('after')]));
    equal(rows, 2);
    deepEqual(
      rejected.map(({ recordId }) => recordId),
      bad.map(() => 'gateway-1-1-0'),
    );
    for (const { reason } of rejected) equal(reason.length > 10, true);
    deepEqual(await messages(store), ['after', 'before']);
    deepEqual(await store.deliveredUpTo('gateway-1'), at(1, 100));
  }),

  'the newest time is that of the rows of one table and workspace': withStore(async (store) => {
    const time = (TimeGenerated: string, workspaceId = WORKSPACE) => row('AppTraces', { TimeGenerated }, workspaceId);
    equal(await store.newest('AppTraces', WORKSPACE), undefined);
    await store.append(batch([time('0001-01-01T00:00:02Z'), time('0001-01-01T00:00:01Z')]));
    equal(await store.newest('AppTraces', WORKSPACE), 20_000_000n);
    await store.append(batch([time('0001-01-01T00:00:09Z', OTHER_WORKSPACE)], { from: 100 }));
    equal(await store.newest('AppTraces', WORKSPACE), 20_000_000n);
    equal(await store.newest('AppTraces', OTHER_WORKSPACE), 90_000_000n);
    equal(await store.newest('AppRequests', WORKSPACE), undefined);
    await rejects(store.newest('NoSuchTable', WORKSPACE));
  }),

  'the newest time is known after opening again': async (open) => {
    const first = await open();
    await first.append(batch([row('AppTraces', { TimeGenerated: '0001-01-01T00:00:02Z' })]));
    await first.close();
    const second = await open();
    try {
      await second.append(batch([row('AppTraces', { TimeGenerated: '0001-01-01T00:00:01Z' })], { from: 100 }));
      equal(await second.newest('AppTraces', WORKSPACE), 20_000_000n);
    } finally {
      await second.close();
    }
  },

  'a closed store refuses': async (open) => {
    const store = await open();
    await store.close();
    await rejects(store.append(batch([trace('a')])));
    await rejects(store.deliveredUpTo('gateway-1'));
    await rejects(messages(store));
    await store.close();
  },
};
