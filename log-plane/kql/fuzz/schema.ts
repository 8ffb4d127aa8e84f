import type { KqlType } from '@vigia/contract';
import { monitorTables } from '../conformance/compiled.ts';
import type { KqlDatabase } from '../src/interface.ts';
import { printLiteral, SQL_TYPES } from '../src/sql/print-literal.ts';
import { printName } from '../src/sql/print-name.ts';

/** A column of each type, and a name that needs quotes. */
export const COLUMNS: readonly { readonly name: string; readonly type: KqlType }[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'b', type: 'bool' },
  { name: 'i', type: 'int' },
  { name: 'l', type: 'long' },
  { name: 'r', type: 'real' },
  { name: 'dec', type: 'decimal' },
  { name: 'ts', type: 'timespan' },
  { name: 'g', type: 'guid' },
  { name: 's', type: 'string' },
  { name: 'd', type: 'dynamic' },
  { name: 'a "b\'', type: 'string' },
];

const ROWS: readonly (readonly (null | boolean | bigint | number | string)[])[] = [
  [
    638_000_000_000_000_000n,
    true,
    1n,
    1n,
    1.5,
    '1.25',
    36_000_000_000n,
    '74be27de-1e4e-49d9-b579-fe0b331d3642',
    'abc',
    '{"a":1,"b":[1,2,{"c":"x"}]}',
    'x',
  ],
  [
    638_000_864_000_000_000n,
    false,
    -7n,
    -9_223_372_036_854_775_808n,
    -0,
    '-0.5',
    -1n,
    '00000000-0000-0000-0000-000000000000',
    '',
    '[]',
    "it's",
  ],
  [638_001_728_000_000_000n, null, null, null, null, null, null, '', 'ABC 127.0.0.1', null, ''],
  [
    0n,
    true,
    2_147_483_647n,
    9_223_372_036_854_775_807n,
    Number.POSITIVE_INFINITY,
    '99999999999999999999',
    864_000_000_000n,
    '74be27de-1e4e-49d9-b579-fe0b331d3642',
    'a,b;c=1',
    '"text"',
    '"',
  ],
  [3_155_378_975_999_999_999n, false, 0n, 0n, Number.NaN, '0', 0n, '', 'ünï 🎉 \n\t"', '[1,"two",null,true]', 'é'],
];

export function fuzzDatabase(): KqlDatabase {
  const rows = ROWS.map(
    (row) =>
      `select ${COLUMNS.map(({ name, type }, index) => `cast(${printLiteral(type, row[index] ?? null)} as ${SQL_TYPES[type]}) as ${printName(name)}`).join(', ')}`,
  );
  const table = (name: string) => ({ name, columns: COLUMNS, relation: `(${rows.join(' union all ')})` });
  return { name: 'Fuzz', tables: [...monitorTables(), table('T'), table('U')] };
}
