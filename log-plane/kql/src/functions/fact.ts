import { convertSql } from './conversion.ts';
import type { FunctionEntry } from './entry.ts';

/** Such a long is an int as it is. */
export const isInt = (value: string): string => `${value} between -2147483648 and 2147483647`;

/** Values at paths of JSON texts that a store keeps: the value where it is as expected, and the JSON of any other. */
export const FACT: Readonly<Record<string, FunctionEntry>> = {
  'fact as': {
    takes: ['any', 'dynamic'],
    sql: ({ args: [value = '', rest = ''], exprs, type }) =>
      `case ${type === 'int' ? `when ${isInt(value)} then ${value}::integer ` : ''}when ${value} is not null then ${convertSql(value, exprs[0]?.type ?? 'string', type)} else ${convertSql(rest, 'dynamic', type)} end`,
  },
  'fact json': { takes: ['any', 'dynamic'], sql: 'coalesce(to_json({0})::varchar, {1})' },
};
