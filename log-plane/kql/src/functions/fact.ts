import { convertSql } from './conversion.ts';
import type { FunctionEntry } from './entry.ts';

/** Such a long is an int as it is. */
export const isInt = (value: string): string => `${value} between -2147483648 and 2147483647`;

/**
 * Values at paths of JSON texts that a store keeps: the value where it is as expected, and the JSON of any other. The
 * JSON is converted only where there is some: rows without a value are many, and the engine works by the block.
 */
export const FACT: Readonly<Record<string, FunctionEntry>> = {
  'fact as': {
    takes: ['any', 'dynamic'],
    sql: ({ args: [value = '', rest = ''], exprs, type }) => {
      const asInt = type === 'int' ? `when ${isInt(value)} then ${value}::integer ` : '';
      const asValue = convertSql(value, exprs[0]?.type ?? 'string', type);
      const asOther = convertSql(rest, 'dynamic', type);
      const missing = type === 'string' ? " else ''" : '';
      return `case ${asInt}when ${value} is not null then ${asValue} when ${rest} is not null then ${asOther}${missing} end`;
    },
  },
  'fact json': { takes: ['any', 'dynamic'], sql: 'coalesce(to_json({0})::varchar, {1})' },
};
