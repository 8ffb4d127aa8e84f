import { deepEqual, equal, rejects } from 'node:assert/strict';
import { isProblem } from '@vigia/problem';
import { batch, type ContractCase, messages, query, trace, WORKSPACE, withStore } from './contract-case.ts';

const many = (count: number) =>
  batch(Array.from({ length: count }, (_, index) => trace(String(index).padStart(5, '0'))));

/** Work for longer than anybody waits: every row with every other, three times. */
const endless = (relation: string) =>
  `select count(*) from ${relation} as a, ${relation} as b, ${relation} as c, ${relation} as d
   where a."Message" < b."Message" and b."Message" < c."Message" and c."Message" <> d."Message"`;

/** A Problem of this code whose message shows nothing of statements or files. */
const problem = (code: string) => (error: unknown) => {
  if (!isProblem(error)) throw error;
  equal(error.code, code);
  equal(/select|"AppTraces"|logs\.|\/tmp\//i.test(error.message.replace('one SELECT', '')), false, error.message);
  return true;
};

export const queryCases: Readonly<Record<string, ContractCase>> = {
  'an answer is cut at maxRows, and says so only when there was more': withStore(async (store) => {
    await store.append(many(5_000));
    const sql = `select "Message" from ${store.relation('AppTraces', WORKSPACE)} order by "Message"`;
    for (const [maxRows, expected, isTruncated] of [
      [0, 0, true],
      [1, 1, true],
      [4_999, 4_999, true],
      [5_000, 5_000, false],
      [5_001, 5_000, false],
    ] as const) {
      const result = await store.query(query(sql, ['string'], { maxRows }));
      equal(result.rows.length, expected);
      equal(result.isTruncated, isTruncated);
      equal(result.rows[0]?.[0], expected === 0 ? undefined : '00000');
    }
  }),

  'an answer is cut at maxBytes': withStore(async (store) => {
    await store.append(many(1_000));
    const sql = `select "Message" from ${store.relation('AppTraces', WORKSPACE)}`;
    const cut = await store.query(query(sql, ['string'], { maxBytes: 500 }));
    equal(cut.isTruncated, true);
    // Five characters a row: cut after the first row above the limit.
    equal(cut.rows.length, 101);
    equal((await store.query(query(sql, ['string'], { maxBytes: 5_000 }))).isTruncated, false);
  }),

  'the order of the answer is that of the statement': withStore(async (store) => {
    await store.append(many(4_000));
    const sql = `select "Message" from ${store.relation('AppTraces', WORKSPACE)} order by "Message" desc`;
    const { rows } = await store.query(query(sql, ['string'], { maxRows: 10_000 }));
    deepEqual(
      rows.map(([message]) => message),
      Array.from({ length: 4_000 }, (_, index) => String(3_999 - index).padStart(5, '0')),
    );
  }),

  'parameters are bound by their position': withStore(async (store) => {
    await store.append(batch([trace('one'), trace("it's")]));
    const relation = store.relation('AppTraces', WORKSPACE);
    const found = await store.query(
      query(`select "Message" from ${relation} where "Message" = $2 and "TimeGenerated" > $1`, ['string'], {
        parameters: [639_000_000_000_000_000n, "it's"],
      }),
    );
    deepEqual(found.rows, [["it's"]]);
    const none = await store.query(
      query(`select "Message" from ${relation} where "Message" = $1`, ['string'], { parameters: [null] }),
    );
    deepEqual(none.rows, []);
  }),

  'anything but one SELECT is refused, and changes nothing': withStore(async (store) => {
    await store.append(batch([trace('kept')]));
    const relation = store.relation('AppTraces', WORKSPACE);
    for (const sql of [
      'select 1; select 2',
      'drop table AppTraces',
      'create table t (a int)',
      'delete from AppTraces',
      'set threads = 1',
      `insert into AppTraces select * from ${relation}`,
      'begin',
    ])
      await rejects(store.query(query(sql, ['long'])), problem('QueryNotReadOnly'));
    // No statement, but pieces of three around what a store may put about it.
    await rejects(store.query(query('select 1) as x; drop table AppTraces; select * from (select 1', ['long'])));
    deepEqual(await messages(store), ['kept']);
  }),

  'a query that takes too long is stopped, and the next one runs': withStore(async (store) => {
    await store.append(many(2_000));
    const relation = store.relation('AppTraces', WORKSPACE);
    await rejects(store.query(query(endless(relation), ['long'], { timeoutMs: 60 })), problem('QueryTimedOut'));
    equal((await messages(store)).length, 1_000);
  }),

  'a query ends when its caller goes': withStore(async (store) => {
    await store.append(many(2_000));
    const relation = store.relation('AppTraces', WORKSPACE);
    const early = query(endless(relation), ['long'], { signal: AbortSignal.abort() });
    await rejects(store.query(early), problem('QueryCancelled'));
    for (const after of [0, 1, 30]) {
      const caller = new AbortController();
      const running = store.query(query(endless(relation), ['long'], { signal: caller.signal }));
      setTimeout(() => caller.abort(), after);
      await rejects(running, problem('QueryCancelled'));
    }
    equal((await messages(store)).length, 1_000);
  }),

  'more queries than the store runs at once wait for their turn, or go': withStore(async (store) => {
    await store.append(many(2_000));
    const relation = store.relation('AppTraces', WORKSPACE);
    const callers = Array.from({ length: 6 }, () => new AbortController());
    const running = callers.map(({ signal }) => store.query(query(endless(relation), ['long'], { signal })));
    const outcomes = Promise.allSettled(running);
    for (const caller of callers.reverse()) caller.abort();
    for (const outcome of await outcomes) equal(outcome.status, 'rejected');
    const short = Array.from({ length: 12 }, () => messages(store));
    for (const rows of await Promise.all(short)) equal(rows.length, 1_000);
  }),

  'rows are written while a query runs': withStore(async (store) => {
    await store.append(many(2_000));
    const caller = new AbortController();
    const relation = store.relation('AppTraces', WORKSPACE);
    const running = store.query(query(endless(relation), ['long'], { signal: caller.signal }));
    const outcome = rejects(running, problem('QueryCancelled'));
    await store.append(batch([trace('written meanwhile')], { from: 100 }));
    const found = await store.query(
      query(`select count(*) from ${relation} where "Message" = 'written meanwhile'`, ['long']),
    );
    deepEqual(found.rows, [[1n]]);
    caller.abort();
    await outcome;
  }),

  'closing ends the queries that run': async (open) => {
    const store = await open();
    await store.append(many(2_000));
    const running = store.query(query(endless(store.relation('AppTraces', WORKSPACE)), ['long']));
    const outcome = rejects(running);
    await store.close();
    await outcome;
  },
};
