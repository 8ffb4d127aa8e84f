import type { KqlType } from '@vigia/contract';
import type { Cell } from '@vigia/store';
import { describe, expect, it } from 'vitest';
import type { QueryAnswer } from '../query-engine.ts';
import { answerText } from './answer-text.ts';
import { cellPrinter } from './cell-text.ts';
import { readPrefer } from './prefer.ts';

describe('a cell as JSON text', () => {
  it.each<[KqlType, Cell, string]>([
    ['bool', true, 'true'],
    ['int', -5, '-5'],
    ['long', 9_007_199_254_740_993n, '9007199254740993'],
    ['long', -9_223_372_036_854_775_808n, '-9223372036854775808'],
    ['real', 0.1, '0.1'],
    ['real', 1e300, '1e+300'],
    ['real', Number.NaN, '"NaN"'],
    ['real', Number.POSITIVE_INFINITY, '"Infinity"'],
    ['real', Number.NEGATIVE_INFINITY, '"-Infinity"'],
    ['decimal', '1.500000000000000000', '"1.5"'],
    ['decimal', '100.000000000000000000', '"100"'],
    ['decimal', '100', '"100"'],
    ['decimal', '-0.000000000000000001', '"-0.000000000000000001"'],
    ['datetime', 638_396_640_001_234_567n, '"2024-01-01T00:00:00.1234567Z"'],
    ['timespan', 936_610_000_000n, '"1.02:01:01"'],
    ['guid', '74be27de-1e4e-49d9-b579-fe0b331d3642', '"74be27de-1e4e-49d9-b579-fe0b331d3642"'],
    ['string', 'a "quoted"\nline \u2028 \ud83d\ude00', '"a \\"quoted\\"\\nline \u2028 \ud83d\ude00"'],
    ['string', '', '""'],
    ['dynamic', '{"a":[1,null]}', '"{\\"a\\":[1,null]}"'],
    ['dynamic', null, 'null'],
    ['long', null, 'null'],
  ])('%s %s', (type, cell, text) => {
    expect(cellPrinter(type)(cell)).toBe(text);
    expect(() => JSON.parse(text)).not.toThrow();
  });
});

describe('what Prefer asks for', () => {
  const nothing = { includeStatistics: false, includeRender: false, includeDataSources: false, includeExplain: false };
  it.each([
    ['no header', undefined, { ...nothing, applied: '' }],
    ['seconds', 'wait=30', { ...nothing, wait: 30, applied: 'wait=30' }],
    [
      'what the SDKs send',
      'wait=600,include-statistics=true,include-render=true',
      {
        ...nothing,
        wait: 600,
        includeStatistics: true,
        includeRender: true,
        applied: 'wait=600, include-statistics=true, include-render=true',
      },
    ],
    [
      'spaces, capitals, a bare name',
      ' Include-Explain ; include-dataSources=TRUE',
      {
        ...nothing,
        includeExplain: true,
        includeDataSources: true,
        applied: 'include-datasources=true, include-explain=true',
      },
    ],
    [
      'what nobody knows, and a wait that is none',
      'respond-async, wait=soon, include-statistics=false',
      { ...nothing, applied: '' },
    ],
  ])('%s', (_, header, preferences) => expect(readPrefer(header)).toEqual(preferences));
});

describe('a long answer', () => {
  it('comes in pieces, and other work gets its turn between them', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index): readonly Cell[] => [BigInt(index), 'x'.repeat(50)]);
    const answer: QueryAnswer = {
      ok: true,
      columns: [
        { name: 'n', type: 'long' },
        { name: 'text', type: 'string' },
      ],
      rows,
      statistics: { executionTime: 0, bytes: 0 },
      sql: '',
      tables: [],
      workspaces: [],
      warnings: [],
    };
    let turns = 0;
    let isOpen = true;
    const other = () => {
      turns += 1;
      if (isOpen) setImmediate(other);
    };
    setImmediate(other);
    const pieces: string[] = [];
    for await (const piece of answerText(answer, readPrefer(undefined))) pieces.push(piece);
    isOpen = false;
    expect(pieces.length).toBeGreaterThan(15);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(70_000);
    expect(turns).toBeGreaterThanOrEqual(pieces.length - 1);
    expect(JSON.parse(pieces.join('')).tables[0].rows).toEqual(rows.map(([n, text]) => [Number(n), text]));
  });
});
