import type { KqlColumn, KqlType } from '@vigia/contract';
import { parseDatetime } from '../src/literals/datetime.ts';
import { datetimeText, timespanText } from '../src/literals/ticks-text.ts';
import { parseTimespan } from '../src/literals/timespan.ts';

export interface Expected {
  readonly columns: readonly string[];
  readonly types?: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Whose cell it is: the store's, JSON of Microsoft's engine, or the text of a page or of a test. */
export type CellForm = 'ours' | 'json' | 'text';

/** A cell as one comparable text, whichever side it comes from. */
export function canonical(value: unknown, type: KqlType, form: CellForm): string {
  if (value === null || value === undefined) return type === 'string' ? '' : 'null';
  const text = typeof value === 'string' ? value : String(value);
  if (form === 'text' && /^(|null|<null>)$/.test(text.trim())) return type === 'string' ? '' : 'null';
  switch (type) {
    case 'real':
    case 'decimal':
      return realKey(form === 'text' ? text.replaceAll(',', '').replace('∞', 'Infinity') : text);
    case 'bool':
      return text === '1' ? 'true' : text === '0' ? 'false' : text.toLowerCase();
    case 'int':
    case 'long':
      return form === 'text' ? text.replaceAll(',', '').trim() : text;
    case 'datetime': {
      const ticks = typeof value === 'bigint' ? value : parseDatetime(text);
      return ticks === undefined ? text : datetimeText(ticks);
    }
    case 'timespan': {
      const ticks = typeof value === 'bigint' ? value : parseTimespan(text);
      return ticks === undefined ? text : timespanText(ticks);
    }
    case 'dynamic':
      return JSON.stringify(sorted(form !== 'json' && typeof value === 'string' ? parsed(value, form) : value));
    case 'guid':
      return text.toLowerCase();
    case 'string':
      // The reports have \n where the engine gave \r\n; a page shows blanks and line ends as it likes.
      return form === 'text' ? text.replace(/\s+/g, ' ').trim() : text.replaceAll('\r\n', '\n');
  }
}

function parsed(text: string, form: CellForm): unknown {
  if (form === 'ours') return JSON.parse(text) as unknown;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return withSingleQuotes(text) ?? text; // A page shows a dynamic text without its quotes.
  }
}

/** Pages write JSON with either quotes. */
function withSingleQuotes(text: string): unknown {
  try {
    return JSON.parse(text.replaceAll("'", '"')) as unknown;
  } catch {
    return undefined;
  }
}

function realKey(text: string): string {
  const named: Readonly<Record<string, number>> = { inf: Infinity, '+inf': Infinity, '-inf': -Infinity };
  const number = named[text.toLowerCase()] ?? Number(text);
  if (!Number.isFinite(number)) return String(number);
  return String(Number(number.toPrecision(10)));
}

/** A page may show fewer digits than the engine gives. */
function isRounded(ours: string, theirs: string | undefined): boolean {
  const [a, b] = [ours, theirs ?? '[]'].map((row) => JSON.parse(row) as string[]);
  return (a ?? []).every((cell, index) => {
    const shown = b?.[index] ?? '';
    const decimals = /^-?\d+\.(\d{3,})$/.exec(shown)?.[1]?.length;
    return cell === shown || (decimals !== undefined && Number(cell).toFixed(decimals) === shown);
  });
}

/** JSON with its keys in order. */
function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted);
  if (typeof json === 'number') return Number(json.toPrecision(10));
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(
    Object.entries(json)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** What differs, in a few words; undefined where nothing does. */
export function difference(
  columns: readonly KqlColumn[],
  rows: readonly (readonly unknown[])[],
  expected: Expected,
  { isOrdered, isArbitrary, form = 'json' }: { isOrdered: boolean; isArbitrary: boolean; form?: CellForm },
): string | undefined {
  const names = columns.map(({ name }) => name);
  if (JSON.stringify(names) !== JSON.stringify(expected.columns))
    return `columns ${JSON.stringify(names)} instead of ${JSON.stringify(expected.columns)}`;
  for (const [index, column] of columns.entries()) {
    const types = expected.types?.[index]?.split('|') ?? [];
    if (types.includes('real')) types.push('decimal');
    if (types.length > 0 && !types.includes(column.type))
      return `${column.name} is ${column.type}, not ${types.join('|')}`;
  }
  if (rows.length !== expected.rows.length) return `${rows.length} rows instead of ${expected.rows.length}`;
  if (isArbitrary) return undefined;
  const key = (of: CellForm) => (row: readonly unknown[]) =>
    JSON.stringify(
      columns.map(({ type }, index) => {
        const text = canonical(row[index], type, of);
        return form === 'text' && type === 'string' ? text.replace(/\s+/g, ' ').trim() : text;
      }),
    );
  const ours = rows.map(key('ours'));
  const theirs = expected.rows.map(key(form));
  if (!isOrdered) {
    ours.sort();
    theirs.sort();
  }
  const at = ours.findIndex(
    (row, index) => row !== theirs[index] && !(form === 'text' && isRounded(row, theirs[index])),
  );
  return at < 0 ? undefined : `row ${at}: ${ours[at]} instead of ${theirs[at]}`;
}
