import { datetimeText } from './ticks-text.ts';
import type { Timespan } from './timespan.ts';

/** Why there may be no row: where it looked, where the newest rows are, what to try. */
export interface EmptyResult {
  /** Sentences for a person. */
  readonly message: string;
  /** ISO 8601; absent where all that is kept was looked at. */
  readonly start?: string;
  readonly end?: string;
  readonly tables: readonly {
    readonly name: string;
    /** ISO 8601 of the newest TimeGenerated; absent where the table has no row. */
    readonly newest?: string;
  }[];
}

export interface TableAge {
  readonly name: string;
  /** Ticks; undefined: no row. */
  readonly newest: bigint | undefined;
}

/** `who`: what the scope is limited to, for instance `of the resource /subscriptions/…`. */
export function explainEmptyResult(
  tables: readonly TableAge[],
  timespan: Timespan | undefined,
  who?: string,
): EmptyResult {
  const range = timespan && { start: datetimeText(timespan.start), end: datetimeText(timespan.end) };
  const where = range ? `from ${range.start} to ${range.end}` : 'in all that is kept';
  const mayBeOlder = timespan !== undefined && tables.some(({ newest }) => newest !== undefined);
  const sentences = [
    tables.length === 0
      ? 'No results found: the query reads no table with a TimeGenerated.'
      : `No results found ${where}${who === undefined ? '' : ` ${who}`}.`,
    ...tables.map((table) => sentenceOf(table, timespan)),
    ...(mayBeOlder
      ? ['To look further back, give a wider timespan (for instance P30D), or none for all that is kept.']
      : []),
  ];
  return {
    message: sentences.join('\n'),
    ...range,
    tables: tables.map(({ name, newest }) => ({
      name,
      ...(newest === undefined ? {} : { newest: datetimeText(newest) }),
    })),
  };
}

function sentenceOf({ name, newest }: TableAge, timespan: Timespan | undefined): string {
  if (newest === undefined) return `${name} has no row at all.`;
  const fact = `The newest row of ${name} is of ${datetimeText(newest)}`;
  if (timespan !== undefined && newest < timespan.start) return `${fact}, before that range.`;
  if (timespan !== undefined && newest >= timespan.end) return `${fact}, after that range.`;
  return `${fact}; the query's own conditions leave no row.`;
}
