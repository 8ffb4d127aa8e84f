import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut, renderTable } from './table.ts';

const columns = [{ title: 'name' }, { title: 'n', isRight: true }];

describe('a table', () => {
  it.each<[string, string[][], string]>([
    [
      'aligns wide characters',
      [
        ['日本語', '1'],
        ['a', '10'],
      ],
      'name     n\n------  --\n日本語   1\na       10\n',
    ],
    ['counts an emoji of several parts as one', [['👩‍👩‍👧', '1']], 'name  n\n----  -\n👩‍👩‍👧    1\n'],
    ['counts combining marks as nothing', [['e\u0301a', '1']], 'name  n\n----  -\ne\u0301a    1\n'],
    ['keeps a cell on its line', [['a\nb\tc\r', '1']], 'name   n\n-----  -\na↵b c  1\n'],
    ['lets nothing steer the terminal', [['\u001b[31mred\u0007', '1']], 'name     n\n-------  -\n[31mred  1\n'],
    ['has a head without rows', [], 'name  n\n----  -\n'],
  ])('%s', (_, rows, expected) => {
    expect(renderTable(columns, rows)).toBe(expected);
  });

  it('fits the terminal: the widest column gives way', () => {
    const text = renderTable(
      columns,
      [
        ['x'.repeat(500), '12345'],
        ['日'.repeat(300), '1'],
      ],
      40,
    );
    for (const line of text.trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
    expect(text).toContain('…  12345');
  });

  it('prints a thousand long bodies within two seconds', () => {
    const body = JSON.stringify({ content: 'hello world '.repeat(4000) });
    const started = performance.now();
    renderTable(
      columns,
      Array.from({ length: 1000 }, () => [body, '1']),
      120,
    );
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('cut', () => {
  it.each<[string, number, string]>([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'ab…'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
  ])('%s to %i columns', (text, width, expected) => {
    expect(cut(text, width)).toBe(expected);
  });
});
