import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKqlEditorService } from '../index.ts';
import { applyEdits } from '../service/advice/edits.ts';

const service = createKqlEditorService({
  name: 'Workspace',
  tables: [
    {
      name: 'AzureDiagnostics',
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'Category', type: 'string' },
        { name: 'DurationMs', type: 'long' },
        { name: 'Properties', type: 'dynamic' },
      ],
    },
    { name: 'Caller', columns: [{ name: 'Category', type: 'string' }] },
  ],
  functions: [{ name: 'Slow', parameters: 'limit: long = 100', body: 'AzureDiagnostics | where DurationMs > limit' }],
});
const A = 'AzureDiagnostics';

/** The caret stands where ¦ is. */
function at(marked: string): [text: string, position: number] {
  return [marked.replace('¦', ''), marked.indexOf('¦')];
}

describe('completion', () => {
  const cases: Readonly<
    Record<string, { text: string; has: readonly string[]; hasNot?: readonly string[]; word?: string }>
  > = {
    'an empty text offers tables, functions and first operators': {
      text: '¦',
      has: ['AzureDiagnostics', 'Caller', 'Slow', 'print', 'let', 'union'],
      hasNot: ['Category', '.show'],
    },
    'after a pipe: operators': {
      text: `${A} | ¦`,
      has: ['where', 'summarize', 'project', 'mv-expand'],
      hasNot: ['Category'],
    },
    'a word that is begun is the range': { text: `${A} | summ¦`, has: ['summarize'], word: 'summ' },
    'in a condition: columns and functions': {
      text: `${A} | where ¦`,
      has: ['Category', 'DurationMs', 'isnotempty', 'ago'],
      hasNot: ['dcount'],
    },
    'after a column: operators of its type': { text: `${A} | where Category ¦`, has: ['==', 'has', 'contains', 'in'] },
    'in summarize: aggregates': { text: `${A} | summarize ¦`, has: ['count', 'dcount', 'percentile', 'arg_max'] },
    'after by: columns': { text: `${A} | summarize count() by ¦`, has: ['Category', 'bin'] },
    'only columns that are still there': {
      text: `${A} | project Category | where ¦`,
      has: ['Category'],
      hasNot: ['DurationMs'],
    },
    'names of let': { text: `let threshold = 5; ${A} | where DurationMs > ¦`, has: ['threshold'] },
    'kinds of join': { text: `${A} | join kind=¦`, has: ['inner', 'leftouter', 'leftanti'] },
    'columns of both sides after on': { text: `${A} | join kind=inner Caller on ¦`, has: ['Category'] },
    charts: { text: `${A} | render ¦`, has: ['timechart', 'piechart'] },
    'inside a call': { text: `${A} | extend x = strlen(¦)`, has: ['Category'] },
  };
  it.each(Object.entries(cases))('%s', (_, { text, has, hasNot = [], word = '' }) => {
    const [plain, position] = at(text);
    const { range, items } = service.complete(plain, position);
    const names = items.map(({ match }) => match);
    expect(names).toEqual(expect.arrayContaining([...has]));
    for (const name of hasNot) expect(names).not.toContain(name);
    expect(plain.slice(range.start, range.start + range.length)).toBe(word);
  });

  it('says the type of a column, and puts the caret into the parentheses of a function', () => {
    const { items } = service.complete(...at(`${A} | where ¦`));
    expect(items.find(({ match }) => match === 'Category')).toMatchObject({ kind: 'column', detail: 'string' });
    expect(items.find(({ match }) => match === 'strlen')).toMatchObject({
      kind: 'function',
      label: 'strlen(string)',
      before: 'strlen(',
      after: ')',
    });
  });

  it('marks what is refused here, and puts it last', () => {
    const { items } = service.complete(...at(`${A} | extend x = ¦`));
    const refused = items.filter(({ isRefused }) => isRefused === true).map(({ match }) => match);
    expect(refused).toContain('current_principal');
    expect(refused).not.toContain('strlen');
    expect(items.slice(-refused.length).every(({ isRefused }) => isRefused === true)).toBe(true);
  });
});

describe('hover', () => {
  const cases: Readonly<Record<string, { text: string; says: string | undefined; word?: string; note?: string }>> = {
    'a column': { text: `${A} | where Cat¦egory == "a"`, says: 'Category: string', word: 'Category' },
    'a computed column': { text: `${A} | extend x = DurationMs / 2 | project ¦x`, says: 'x: long', word: 'x' },
    'a function': {
      text: `${A} | summarize count() by b¦in(DurationMs, 10)`,
      says: 'bin(value, roundTo): long',
      word: 'bin',
    },
    'an aggregate': { text: `${A} | summarize cou¦nt()`, says: 'count(): long', word: 'count' },
    'an operator': {
      text: `${A} | whe¦re DurationMs > 1`,
      says: 'where Condition',
      note: 'The rows for which the condition is true.',
    },
    'a table': {
      text: `Azure¦Diagnostics | take 1`,
      says: A,
      note: '4 columns: TimeGenerated: datetime, Category: string, DurationMs: long, Properties: dynamic',
    },
    'a function that is refused': {
      text: 'print current_p¦rincipal()',
      says: 'current_principal(): string',
      note: 'Kusto has it; it is refused here.',
    },
    nothing: { text: `${A} ¦| take 1`.replace('¦|', ' ¦ |'), says: undefined },
  };
  it.each(Object.entries(cases))('%s', (_, { text, says, word, note }) => {
    const [plain, position] = at(text);
    const found = service.hover(plain, position);
    expect(found?.text).toBe(says);
    if (word !== undefined && found !== undefined)
      expect(plain.slice(found.range.start, found.range.start + found.range.length)).toBe(word);
    if (note !== undefined) expect(found?.note).toBe(note);
  });
});

describe('signature', () => {
  const cases: Readonly<Record<string, { text: string; label: string | undefined; parameter?: string }>> = {
    'the first argument': { text: `${A} | extend x = substring(¦`, label: 'substring(', parameter: 'string' },
    'the second argument': {
      text: `${A} | extend x = substring(Category, ¦)`,
      label: 'substring(',
      parameter: 'start',
    },
    'of the inner call': { text: 'print strcat("a", substring("x", 1, ¦))', label: 'substring(', parameter: 'length' },
    'arguments that repeat': { text: 'print strcat("a", "b", "c", ¦)', label: 'strcat(' },
    'an aggregate': {
      text: `${A} | summarize percentile(DurationMs, ¦)`,
      label: 'percentile(',
      parameter: 'percentile',
    },
    'a stored function': { text: 'Slow(¦)', label: 'Slow(', parameter: 'limit: long' },
    'a function of let': {
      text: 'let f = (a: long, b: string) { a }; print f(1, ¦)',
      label: 'f(',
      parameter: 'b: string',
    },
    'commas in brackets do not count': {
      text: 'print strcat_array(dynamic([1, 2, 3]), ¦)',
      label: 'strcat_array(',
      parameter: 'delimiter',
    },
    'outside of calls': { text: `${A} | where ¦`, label: undefined },
    'after a call': { text: 'print strlen("a") ¦', label: undefined },
  };
  it.each(Object.entries(cases))('%s', (_, { text, label, parameter }) => {
    const help = service.signature(...at(text));
    if (label === undefined) {
      expect(help).toBeUndefined();
      return;
    }
    const active = help?.signatures[help.active];
    expect(active?.label.startsWith(label)).toBe(true);
    const range = active?.parameters[help?.parameter ?? 0];
    if (parameter !== undefined)
      expect(active?.label.slice(range?.start, (range?.start ?? 0) + (range?.length ?? 0))).toBe(parameter);
  });
});

describe('format', () => {
  const cases: Readonly<Record<string, readonly [text: string, formatted: string | undefined]>> = {
    'one operator a line': [`${A}|where DurationMs>5|take 10`, `${A}\n| where DurationMs > 5\n| take 10`],
    'comments stay': [`${A} // all\n| take 1`, `${A} // all\n| take 1`],
    'a text with errors stays as it is': [`${A} | where (`, undefined],
    'a missing pipe is no reason to add signs': [`${A}\ntake 5`, undefined],
    'strings are not touched': [`print "a|b  c"`, `print "a|b  c"`],
  };
  it.each(Object.entries(cases))('%s', (_, [text, formatted]) => {
    expect(service.format(text)).toBe(formatted);
    if (formatted !== undefined) expect(service.format(formatted)).toBe(formatted);
  });
});

describe('classify', () => {
  it('colours every word', () => {
    const text = `let n = 5; // five\n${A} | where Category has "x" and DurationMs > n | summarize count() by bin(TimeGenerated, 1h)`;
    const pieces = service
      .classify(text)
      .map(({ start, length, kind }) => `${text.slice(start, start + length)} ${kind}`);
    expect(pieces).toEqual(
      expect.arrayContaining([
        'let keyword',
        'n variable',
        '5 literal',
        '// five comment',
        `${A} table`,
        'where queryOperator',
        'Category column',
        'has operator',
        '"x" string',
        'count function',
        '1h literal',
      ]),
    );
  });
  it('ranges stand in order and do not overlap', () => {
    let end = 0;
    for (const { start, length } of service.classify(
      `${A} | extend x = strcat("a", tostring(DurationMs)) | where x == 'b'`,
    )) {
      expect(start).toBeGreaterThanOrEqual(end);
      end = start + length;
    }
  });
});

describe('diagnose', () => {
  it('has the codes of Kusto, with hints and fixes', () => {
    const text = `${A} | where category == "a"`;
    const [found] = service.diagnose(text);
    expect(found).toMatchObject({
      code: 'KS142',
      severity: 'error',
      line: 1,
      column: 26,
      hint: expect.stringContaining('`Category`'),
    });
    expect(applyEdits(text, found?.fixes?.[0]?.edits ?? [])).toBe(`${A} | where Category == "a"`);
  });
  it.each([
    ['a right text', `${A} | take 5`],
    ['an empty text', ' \n'],
    ['columns that only rows can tell', `${A} | evaluate bag_unpack(Properties)`],
  ])('nothing of %s', (_, text) => expect(service.diagnose(text)).toEqual([]));
  it('says what is refused here', () =>
    expect(service.diagnose('print current_principal()')).toMatchObject([{ code: 'kql.unsupported' }]));
  it('says that a text is too large, of which nothing else is known', () => {
    const text = `print ${'('.repeat(5_000)}`;
    expect(service.diagnose(text)).toMatchObject([{ code: 'kql.tooDeep' }]);
    expect(service.complete(text, text.length).items).toEqual([]);
    expect([service.hover(text, 3), service.format(text), service.classify(text)]).toEqual([undefined, undefined, []]);
  });
});

describe('names', () => {
  const text = `let limit = 5;\n${A} | where DurationMs > limit | extend half = DurationMs / 2 | where half < limit`;
  const places = (word: string) =>
    [...text.matchAll(new RegExp(`\\b${word}\\b`, 'g'))].map(({ index }) => ({ start: index, length: word.length }));
  it('a variable is declared by its let', () => {
    expect(service.definition(text, text.lastIndexOf('limit'))).toEqual({ start: 4, length: 5 });
    expect(service.references(text, text.lastIndexOf('limit'))).toEqual(places('limit'));
  });
  it('a computed column is declared by its extend', () => {
    expect(service.definition(text, text.lastIndexOf('half'))).toEqual(places('half')[0]);
  });
  it('is renamed everywhere', () => {
    const edits = service.rename(text, 5, 'most');
    expect(applyEdits(text, edits ?? [])).toBe(text.replaceAll('limit', 'most'));
  });
  it('a table is not renamed, and a bad name is none', () => {
    expect(service.rename(text, text.indexOf(A), 'Other')).toBeUndefined();
    expect(service.rename(text, 5, 'a b')).toBeUndefined();
  });
});

/** Measured on each run and printed; the bounds only catch what grew by a magnitude. */
it('answers while somebody types', () => {
  const texts = Array.from(
    { length: 12 },
    (_, index) =>
      `${A} | where DurationMs > ${index} | summarize n = count(), p = percentile(DurationMs, 95) by bin(TimeGenerated, 1h), Category\n| where n > 1\n| order by TimeGenerated desc\n| project TimeGenerated, n, p`,
  );
  const actions: Readonly<Record<string, (text: string) => unknown>> = {
    complete: (text) => service.complete(text, text.indexOf('n > 1')),
    hover: (text) => service.hover(text, text.indexOf('percentile')),
    signature: (text) => service.signature(text, text.indexOf('95')),
    format: (text) => service.format(text),
    diagnose: (text) => service.diagnose(text),
    classify: (text) => service.classify(text),
  };
  const measured = Object.entries(actions).map(([name, action]) => {
    const times = texts.map((text) => {
      const start = performance.now();
      action(text);
      return performance.now() - start;
    });
    const [first = 0] = times;
    const warm = times.slice(2).sort((a, b) => a - b)[5] ?? 0;
    expect(warm).toBeLessThan(1_000);
    return `${name} ${first.toFixed(0)}/${warm.toFixed(0)}`;
  });
  console.log(`editor, ms first/warm (median): ${measured.join(', ')}`);
});

it('needs nothing of Node', () => {
  const folder = join(import.meta.dirname, '..');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test|\.bench|\.fixture)\.ts$/.test(name),
  );
  const guilty = sources.filter((name) =>
    /from 'node:|\bprocess\.|\bBuffer\b|\brequire\(/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(guilty).toEqual([]);
});
