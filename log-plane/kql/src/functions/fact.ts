import { convertSql } from './conversion.ts';
import type { FunctionEntry } from './entry.ts';

/** Values at paths of JSON texts that a store keeps: the value where it is as expected, and the JSON of any other. */
export const FACT: Readonly<Record<string, FunctionEntry>> = {
  'fact as': {
    takes: ['any', 'dynamic'],
    sql: ({ args: [value = '', rest = ''], exprs, type }) =>
      `case when ${value} is not null then ${convertSql(value, exprs[0]?.type ?? 'string', type)} else ${convertSql(rest, 'dynamic', type)} end`,
  },
  'fact json': { takes: ['any', 'dynamic'], sql: 'coalesce(to_json({0})::varchar, {1})' },
};
