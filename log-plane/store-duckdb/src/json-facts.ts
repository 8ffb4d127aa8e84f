import { createHash } from 'node:crypto';
import type { KqlColumn } from '@vigia/contract';
import type { JsonFacts, TableSchema } from '@vigia/store';
import { quoteName, quoteText } from './names.ts';

/**
 * Hidden columns with what a table's JSON texts say at some paths. They are written with the row, by the engine's own
 * reading of the text, so that they say exactly what a query would find there.
 */
export interface HiddenText extends JsonFacts {
  /** True where the text is JSON. */
  readonly validity: string;
  readonly hidden: readonly HiddenPath[];
}

export interface HiddenPath {
  readonly path: readonly string[];
  readonly type: 'string' | 'long';
  /** The value where it is of `type` and its JSON is the usual one. */
  readonly value: string;
  /** The JSON of any other value. */
  readonly rest: string;
}

/**
 * Name of the column that is true in rows whose hidden columns are filled; null: nobody looked, the texts have to be
 * read. Another list of facts has another column, so that what another version wrote is not taken for filled.
 */
export function knownColumn(schema: Pick<TableSchema, 'facts'>): string {
  const names = hiddenTexts(schema)
    .flatMap(columnsOf)
    .map(({ name, type }) => `${name} ${type}`);
  return `vigia_facts_${createHash('sha256').update(names.join()).digest('hex').slice(0, 8)}`;
}

export const hiddenTexts = ({ facts }: Pick<TableSchema, 'facts'>): readonly HiddenText[] =>
  facts.map(({ column, paths }) => ({
    column,
    paths,
    validity: `vigia_${column}`,
    hidden: paths.map(({ path, type }) => {
      const value = `vigia_${column}.${path.join('.')}`;
      return { path, type, value, rest: `${value}_rest` };
    }),
  }));

/** A missing text is null here: `dynamic` is the type of kept texts that may be missing. */
export function hiddenColumns(schema: Pick<TableSchema, 'facts'>): readonly KqlColumn[] {
  const texts = hiddenTexts(schema);
  if (texts.length === 0) return [];
  return [{ name: knownColumn(schema), type: 'bool' }, ...texts.flatMap(columnsOf)];
}

/** In the order of the hidden columns of the text. */
const columnsOf = ({ validity, hidden }: HiddenText): readonly KqlColumn[] => [
  { name: validity, type: 'bool' },
  ...hidden.flatMap(({ type, value, rest }): readonly KqlColumn[] => [
    { name: value, type: type === 'long' ? 'long' : 'dynamic' },
    { name: rest, type: 'dynamic' },
  ]),
];

const pathText = (path: readonly string[]): string => quoteText(`$.${path.join('.')}`);

/** What the columns of a row that nobody looked at stand for, by name. */
export function unknownFacts({ column, validity, hidden }: HiddenText): Readonly<Record<string, string>> {
  const text = quoteName(column);
  const expressions: Record<string, string> = { [validity]: `json_valid(${text})` };
  for (const { path, type, value, rest } of hidden) {
    expressions[value] = type === 'long' ? 'null::bigint' : 'null::varchar';
    expressions[rest] =
      `nullif(json_extract(case when json_valid(${text}) then ${text} end, ${pathText(path)})::varchar, 'null')`;
  }
  return expressions;
}

/**
 * SELECT of the hidden columns of texts: whether they are known, then as `columnsOf`. `from` gives the texts as `text`. A value counts
 * as usual only where its own JSON is the JSON that stands there; a row is known only where what is left, read once
 * more, still gives the text that it gave at first.
 */
export function readFactsSql({ paths }: Pick<JsonFacts, 'paths'>, from: string): string {
  if (paths.length === 0) return `select true, json_valid(text) from ${from}`;
  const list = `[${paths.map(({ path }) => pathText(path)).join(', ')}]`;
  const valid = `case when is_json then text end`;
  const json = paths.map((_, at) => `nullif(found[${at + 1}]::varchar, 'null') as j${at}`);
  const values = paths.map(({ type }, at) =>
    type === 'long'
      ? `case when try_cast(j${at} as bigint)::varchar = j${at} then try_cast(j${at} as bigint) end as v${at}`
      : `case when to_json(json_extract_string(j${at}, '$'))::varchar = j${at} then json_extract_string(j${at}, '$') end as v${at}`,
  );
  const same = paths.map(
    ({ path }, at) =>
      `(v${at} is not null or json_extract_string(j${at}, '$') is not distinct from json_extract_string(${valid}, ${pathText(path)}))`,
  );
  const outputs = paths.map((_, at) => `v${at}, case when v${at} is null then j${at} end`);
  return (
    `select case when ${same.join(' and ')} then true end, is_json, ${outputs.join(', ')}` +
    ` from (select *, ${values.join(', ')}` +
    ` from (select *, ${json.join(', ')}` +
    ` from (select *, json_extract(${valid}, ${list}) as found` +
    ` from (select text, json_valid(text) as is_json from ${from}))))`
  );
}
