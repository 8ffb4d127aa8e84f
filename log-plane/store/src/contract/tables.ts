import { deepEqual, equal, throws } from 'node:assert/strict';
import type { JsonValue, KqlType } from '@vigia/contract';
import type { Cell } from '../log-store.ts';
import { defineTable } from '../table-schema.ts';
import { tableSchemas } from '../table-schemas.ts';
import {
  batch,
  type ContractCase,
  messages,
  OTHER_WORKSPACE,
  query,
  row,
  select,
  trace,
  WORKSPACE,
  withStore,
} from './contract-case.ts';

/** What a writer gives, and the cell that a query gets. */
const values: readonly (readonly [type: KqlType, given: JsonValue, cell: Cell])[] = [
  ['string', 'plain', 'plain'],
  ['string', '', ''],
  ['string', null, ''],
  ['string', 12, '12'],
  ['string', true, 'true'],
  ['string', { a: [1] }, '{"a":[1]}'],
  ['string', 'é ẞ 你好 🙂 "\'\\ \n\t \u0000 end', 'é ẞ 你好 🙂 "\'\\ \n\t \u0000 end'],
  ['bool', true, true],
  ['bool', 'False', false],
  ['bool', null, null],
  ['int', 0, 0],
  ['int', -2147483648, -2147483648],
  ['int', '2147483647', 2147483647],
  ['long', 9007199254740991, 9007199254740991n],
  ['long', '9223372036854775807', 9223372036854775807n],
  ['long', '-9223372036854775808', -9223372036854775808n],
  ['long', null, null],
  ['real', 0.1, 0.1],
  ['real', 5, 5],
  ['real', '1e-7', 1e-7],
  ['real', 'NaN', Number.NaN],
  ['real', '-Infinity', Number.NEGATIVE_INFINITY],
  ['decimal', '12345678901234567890.000000000000000001', '12345678901234567890.000000000000000001'],
  ['decimal', -0.5, '-0.500000000000000000'],
  ['guid', 'AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE', 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
  ['guid', '', null],
  ['datetime', '0001-01-01T00:00:00Z', 0n],
  ['datetime', '1970-01-01T00:00:00Z', 621355968000000000n],
  ['datetime', '2026-03-01T12:34:56.789Z', 639079652967890000n],
  ['datetime', '2026-03-01T12:34:56.1234567Z', 639079652961234567n],
  ['datetime', '2026-03-01T12:34:56', 639079652960000000n],
  ['datetime', '2026-03-01T14:34:56+02:00', 639079652960000000n],
  ['datetime', '9999-12-31T23:59:59.9999999Z', 3155378975999999999n],
  ['datetime', null, null],
  ['timespan', '1.02:03:04.0000005', 937840000005n],
  ['timespan', '-00:00:01', -10000000n],
  ['dynamic', { b: 1, a: [null, 'x', 1.5] }, '{"b":1,"a":[null,"x",1.5]}'],
  ['dynamic', 'text', '"text"'],
  ['dynamic', false, 'false'],
  ['dynamic', [], '[]'],
  ['dynamic', null, null],
];

const columnTypes: readonly KqlType[] = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'guid',
  'string',
  'dynamic',
];

const sample = (TimeGenerated: string, Value: number, more: Readonly<Record<string, JsonValue>> = {}) =>
  row('VigiaMetricSample', {
    TimeGenerated,
    ResourceId: '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/APIM',
    _ResourceId: '/subscriptions/s1/resourcegroups/rg/providers/microsoft.apimanagement/service/apim',
    MetricName: 'Duration',
    UnitName: 'MilliSeconds',
    Value,
    Dimensions: { ApiId: 'one' },
    ...more,
  });

/** What rows look like when they come out. */
export const tableCases: Readonly<Record<string, ContractCase>> = {
  'values come back in the form of their type': async (open) => {
    const columns = Object.fromEntries(columnTypes.map((type) => [type, `the_${type}`]));
    const store = await open([defineTable({ name: 'Values', description: 'One column a type.', columns })]);
    try {
      await store.append(
        batch(
          values.map(([type, given], index) =>
            row('Values', { [`the_${type}`]: given, TimeGenerated: new Date(index).toISOString() }),
          ),
        ),
      );
      for (const type of columnTypes) {
        const cells = await select(store, 'Values', { [`the_${type}`]: type }, { orderBy: 'TimeGenerated' });
        for (const [index, [each, given, cell]] of values.entries())
          if (each === type) deepEqual(cells[index], [cell], `${type} ${JSON.stringify(given)}`);
      }
    } finally {
      await store.close();
    }
  },

  'the store fills the standard columns': withStore(async (store) => {
    await store.append(
      batch([
        row('AppTraces', {
          TimeGenerated: '2026-03-01T12:00:00Z',
          Message: 'twelve bytes',
          SeverityLevel: 1,
          _ResourceId: '/subscriptions/s1/resourcegroups/rg/providers/microsoft.insights/components/app',
        }),
        row('VigiaTokenUsage', { TimeGenerated: '2026-03-01T12:00:00Z' }),
      ]),
    );
    const standard = {
      TenantId: 'string',
      Type: 'string',
      SourceSystem: 'string',
      _SubscriptionId: 'string',
      _IsBillable: 'string',
    } as const;
    deepEqual(await select(store, 'AppTraces', standard), [[WORKSPACE, 'AppTraces', 'Azure', 's1', 'true']]);
    deepEqual(await select(store, 'VigiaTokenUsage', standard), [[WORKSPACE, 'VigiaTokenUsage', 'Vigia', '', 'false']]);
    // 12 bytes of text, 4 of an int, 8 of a datetime, and the resource's id.
    const [size] = (await select(store, 'AppTraces', { _BilledSize: 'real' }))[0] ?? [];
    equal(size, 12 + 4 + 8 + '/subscriptions/s1/resourcegroups/rg/providers/microsoft.insights/components/app'.length);
  }),

  'a row without a time gets that of its coming': withStore(async (store) => {
    await store.append(batch([row('AppTraces', { Message: 'now' })]));
    const [time] = (await select(store, 'AppTraces', { TimeGenerated: 'datetime' }))[0] ?? [];
    // Years 2020 to 2200: whatever clock the store was given.
    equal(typeof time === 'bigint' && time > 637134336000000000n && time < 693937152000000000n, true);
  }),

  'every table has every column, also without rows': withStore(async (store) => {
    for (const { name, columns } of tableSchemas) {
      const selection = Object.fromEntries(columns.map((column) => [column.name, column.type]));
      deepEqual(await select(store, name, selection), [], name);
    }
  }),

  'a workspace sees its own rows': withStore(async (store) => {
    await store.append(batch([trace('mine'), trace('theirs', OTHER_WORKSPACE)]));
    deepEqual(await messages(store, WORKSPACE), ['mine']);
    deepEqual(await messages(store, OTHER_WORKSPACE.toUpperCase()), ['theirs']);
    deepEqual(await messages(store, '00000000-0000-0000-0000-000000000000'), []);
    for (const text of ['', "' or true --", `${WORKSPACE}'`, `${WORKSPACE}\n`])
      throws(() => store.relation('AppTraces', text), RangeError);
    for (const table of ['NoSuchTable', 'apptraces', 'AppTraces"', 'delivered'])
      throws(() => store.relation(table, WORKSPACE), RangeError);
  }),

  'fields without a column go to AdditionalFields, those with one out of it': withStore(async (store) => {
    await store.append(
      batch([
        row('AzureDiagnostics', {
          Category: 'GatewayLogs',
          unknown_s: 'kept',
          AdditionalFields: {
            backendResponseCode_d: 200,
            isRequestSuccess_b: true,
            other: [1],
            responseCode_d: 'none',
          },
        }),
        row('AzureDiagnostics', { Category: 'plain' }),
      ]),
    );
    deepEqual(
      await select(
        store,
        'AzureDiagnostics',
        {
          Category: 'string',
          backendResponseCode_d: 'real',
          isRequestSuccess_b: 'bool',
          responseCode_d: 'real',
          AdditionalFields: 'dynamic',
        },
        { orderBy: 'Category' },
      ),
      [
        ['GatewayLogs', 200, true, null, '{"unknown_s":"kept","other":[1],"responseCode_d":"none"}'],
        ['plain', null, null, null, null],
      ],
    );
  }),

  'AzureMetrics has one row a metric, resource and minute, over all dimensions': withStore(async (store) => {
    const rg2 = '/SUBSCRIPTIONS/S1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COGNITIVESERVICES/ACCOUNTS/OPENAI';
    await store.append(
      batch([
        sample('0001-01-01T00:01:00Z', 10),
        sample('0001-01-01T00:01:59.9999999Z', 30, { Dimensions: { ApiId: 'two' } }),
        sample('0001-01-01T00:02:00Z', 7),
        sample('0001-01-01T00:01:20Z', 4, { ResourceId: rg2, _ResourceId: rg2.toLowerCase(), MetricName: 'Latency' }),
        row('VigiaMetricSample', { ...sample('0001-01-01T00:01:00Z', 99).values }, OTHER_WORKSPACE),
      ]),
    );
    const minutes = await select(
      store,
      'AzureMetrics',
      {
        TimeGenerated: 'datetime',
        MetricName: 'string',
        Total: 'real',
        Count: 'real',
        Average: 'real',
        Minimum: 'real',
        Maximum: 'real',
        UnitName: 'string',
        TimeGrain: 'string',
        Resource: 'string',
        ResourceGroup: 'string',
        ResourceProvider: 'string',
        SubscriptionId: 'string',
        _SubscriptionId: 'string',
        Type: 'string',
        Category: 'string',
        DurationMs: 'long',
      },
      { orderBy: 'Total' },
    );
    const shared = ['MilliSeconds', 'PT1M'];
    const apim = ['APIM', 'RG', 'MICROSOFT.APIMANAGEMENT', 's1', 's1', 'AzureMetrics', '', null];
    const openai = ['OPENAI', 'RG', 'MICROSOFT.COGNITIVESERVICES', 's1', 's1', 'AzureMetrics', '', null];
    deepEqual(minutes, [
      [600_000_000n, 'Latency', 4, 1, 4, 4, 4, ...shared, ...openai],
      [1_200_000_000n, 'Duration', 7, 1, 7, 7, 7, ...shared, ...apim],
      [600_000_000n, 'Duration', 40, 2, 20, 10, 30, ...shared, ...apim],
    ]);
    equal(await store.newest('AzureMetrics', WORKSPACE), 1_200_000_000n);
  }),

  'sums of a minute grow with each sample': withStore(async (store) => {
    for (const [index, value] of [1, 2, 3].entries()) {
      await store.append(batch([sample('2026-03-01T12:00:30Z', value)], { from: index * 100 }));
      const total = (index + 1) * (index + 2) * 0.5;
      deepEqual(await select(store, 'AzureMetrics', { Total: 'real', Count: 'real' }), [[total, index + 1]]);
    }
  }),

  'a column and a table that a later version has are added; old rows have them empty': async (open) => {
    const before = defineTable({ name: 'Growing', description: 'Old.', columns: { string: 'a z' } });
    const after = [
      defineTable({
        name: 'Growing',
        description: 'New.',
        columns: { string: 'a m body z', long: 'n', dynamic: 'd' },
        longTexts: 'body d',
      }),
      defineTable({ name: 'Later', description: 'New.', columns: { int: 'i' } }),
    ];
    const first = await open([before]);
    await first.append(batch([row('Growing', { a: 'old', z: 'last' })]));
    await first.close();
    const second = await open(after);
    await second.append(
      batch([row('Growing', { a: 'new', m: 'M', body: 'B', n: 5, d: [1], z: 'Z' }), row('Later', { i: 1 })], {
        from: 100,
      }),
    );
    await second.close();
    // And the older version, which does not know the column, goes on writing.
    const third = await open([before]);
    await third.append(batch([row('Growing', { a: 'older' })], { from: 200 }));
    await third.close();
    const last = await open(after);
    try {
      const all = { a: 'string', m: 'string', body: 'string', n: 'long', d: 'dynamic', z: 'string' } as const;
      deepEqual(await select(last, 'Growing', all, { orderBy: 'a' }), [
        ['new', 'M', 'B', 5n, '[1]', 'Z'],
        ['old', '', '', null, null, 'last'],
        ['older', '', '', null, null, ''],
      ]);
      deepEqual(await select(last, 'Later', { i: 'int' }), [[1]]);
    } finally {
      await last.close();
    }
  },

  'a column that is named twice is read by its own type': withStore(async (store) => {
    await store.append(batch([row('AppTraces', { SeverityLevel: 3 })]));
    const sql = `select "SeverityLevel", "SeverityLevel" from ${store.relation('AppTraces', WORKSPACE)}`;
    deepEqual((await store.query(query(sql, ['int', 'long']))).rows, [[3, 3n]]);
  }),
};
