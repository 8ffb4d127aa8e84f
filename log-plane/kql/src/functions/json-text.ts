import { convertSql } from './conversion.ts';

/** Pieces of SQL over JSON arrays and bags in text. */

export const isArray = (json: string): string => `json_type(${json}) = 'ARRAY'`;
export const isBag = (json: string): string => `json_type(${json}) = 'OBJECT'`;

/** Elements as JSON texts; null for an element that is null. */
export const elementsOf = (json: string): string =>
  `list_transform(json_extract(${json}, '$[*]')::json[], lambda e: nullif(e::varchar, 'null'))`;

/** Elements as plain text, of texts without their quotes. */
export const textsOf = (json: string): string => `(json_extract_string(${json}, '$[*]')::varchar[])`;

/** A list of JSON texts as one JSON array. */
export const arrayOf = (texts: string): string =>
  `('[' || array_to_string(list_transform(${texts}, lambda t: coalesce(t, 'null')), ',') || ']')`;

/** The same, null where the value is no array. */
export const ifArray = (json: string, sql: string): string => `case when ${isArray(json)} then ${sql} end`;

/** A real as JSON; NaN and infinities are texts there. */
export const realJson = (x: string): string => convertSql(x, 'real', 'dynamic');

/** A bag's key in a JSON pointer. */
export const pointer = (key: string): string => `'/' || replace(replace(${key}, '~', '~0'), '/', '~1')`;
