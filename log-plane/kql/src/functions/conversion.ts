import type { KqlType } from '@vigia/contract';
import { wrapLong } from '../operators/wrap.ts';
import type { FunctionEntry, PrintedCall } from './entry.ts';
import { datetimeFromText, datetimeToText, timespanFromText, timespanToText } from './ticks.ts';

const DAY = '864000000000';

/** Text to decimal without the engine's slow general cast. */
const decimalOf = (s: string): string =>
  `case when regexp_full_match(${s}, '-?\\d{1,18}') then ${s}::bigint::decimal(38,18) when regexp_full_match(${s}, '-?\\d{1,11}\\.\\d{1,6}') then ${s}::decimal(18,6)::decimal(38,18) else try_cast(${s} as decimal(38,18)) end`;

/** A JSON scalar as text; SQL null for JSON null. */
const scalarText = (json: string): string => `json_extract_string(${json}, '$')`;

const longOfText = (s: string): string =>
  `case when regexp_full_match(${s}, '\\s*[-+]?\\d+\\s*') then try_cast(trim(${s}) as bigint) when regexp_full_match(${s}, '\\s*0[xX][0-9a-fA-F]{1,16}\\s*') then ${wrapLong(`try_cast(lower(trim(${s})) as ubigint)::hugeint`)} end`;

/** A JSON number with its fraction cut, a whole number in text, or a boolean. */
const wholeOfJson = (j: string): string =>
  `case when starts_with(${j}, '"') then ${longOfText(scalarText(j))} else coalesce(case when not contains(${j}, '.') then try_cast(${j} as bigint) end, try_cast(trunc(try_cast(${j} as double)) as bigint), case ${j} when 'true' then 1 when 'false' then 0 end) end`;

/** Cut to 32 bits, as the engine does. */
const wrapInt = (x: string): string =>
  `((((${x}) + 2147483648::hugeint) & 4294967295::hugeint) - 2147483648::hugeint)::integer`;

const realOfText = (s: string): string =>
  `case when regexp_full_match(${s}, '\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*') then try_cast(trim(${s}) as double) when lower(trim(${s})) = 'nan' then 'nan'::double when trim(${s}) in ('inf', '+inf') or lower(trim(${s})) in ('infinity', '+infinity') then 'inf'::double when trim(${s}) = '-inf' or lower(trim(${s})) = '-infinity' then '-inf'::double end`;

const saturated = (x: string): string =>
  `case when ${x} >= 9223372036854775807 then 9223372036854775807 when ${x} <= -9223372036854775808 then ('-9223372036854775808'::bigint) else try_cast(trunc(${x}) as bigint) end`;

const realToText = (x: string): string =>
  `case when ${x} is null then '' when isnan(${x}) then 'NaN' when isinf(${x}) then case when ${x} > 0 then 'inf' else '-inf' end else upper(${x}::varchar) end`;

const decimalToText = (x: string): string => `coalesce(rtrim(rtrim(${x}::varchar, '0'), '.'), '')`;

const boolOfText = (s: string): string =>
  `case when lower(trim(${s})) = 'true' then true when lower(trim(${s})) = 'false' then false else (${longOfText(s)}) <> 0 end`;

const guidOfText = (s: string): string => `try_cast(try_cast(${s} as uuid) as varchar)`;

type Conversions = Partial<Record<KqlType, (x: string) => string>>;
const itself = (x: string): string => x;

/** To → from → SQL. What is missing here has no meaning in KQL: null. */
const CONVERSIONS: Readonly<Record<KqlType, Conversions>> = {
  string: {
    string: itself,
    bool: (x) => `case when ${x} then 'True' when not ${x} then 'False' else '' end`,
    int: (x) => `coalesce(${x}::varchar, '')`,
    long: (x) => `coalesce(${x}::varchar, '')`,
    real: realToText,
    decimal: decimalToText,
    datetime: (x) => `coalesce(${datetimeToText(x)}, '')`,
    timespan: (x) => `coalesce(${timespanToText(x)}, '')`,
    guid: (x) => `coalesce(${x}, '')`,
    dynamic: (x) => `coalesce(${scalarText(x)}, '')`,
  },
  long: {
    string: longOfText,
    bool: (x) => `${x}::bigint`,
    int: (x) => `${x}::bigint`,
    real: saturated,
    decimal: (x) => `try_cast(trunc(${x}) as bigint)`,
    datetime: itself,
    timespan: itself,
    dynamic: wholeOfJson,
  },
  int: {
    string: (x) => `try_cast(${longOfText(x)} as integer)`,
    bool: (x) => `${x}::integer`,
    long: wrapInt,
    datetime: wrapInt,
    timespan: wrapInt,
    real: (x) =>
      `case when ${x} >= 2147483647 then 2147483647 when ${x} <= -2147483648 then -2147483648 else try_cast(trunc(${x}) as integer) end`,
    decimal: (x) => `try_cast(trunc(${x}) as integer)`,
    dynamic: (x) => wrapInt(wholeOfJson(x)),
  },
  real: {
    string: realOfText,
    bool: (x) => `${x}::integer::double`,
    int: (x) => `${x}::double`,
    long: (x) => `${x}::double`,
    decimal: (x) => `${x}::double`,
    datetime: (x) => `${x}::double`,
    timespan: (x) => `${x}::double`,
    dynamic: (x) => `coalesce(${realOfText(scalarText(x))}, case ${x} when 'true' then 1 when 'false' then 0 end)`,
  },
  decimal: {
    string: (x) => decimalOf(x),
    bool: (x) => `${x}::integer::decimal(38,18)`,
    int: (x) => `${x}::decimal(38,18)`,
    long: (x) => `${x}::decimal(38,18)`,
    real: (x) => `try_cast(${x} as decimal(38,18))`,
    dynamic: (x) => decimalOf(scalarText(x)),
  },
  bool: {
    string: boolOfText,
    int: (x) => `${x} <> 0`,
    long: (x) => `${x} <> 0`,
    real: (x) => `${x} <> 0`,
    decimal: (x) => `${x} <> 0`,
    dynamic: (x) =>
      `case when json_type(${x}) in ('DOUBLE', 'BIGINT', 'UBIGINT') then try_cast(${x} as double) <> 0 else ${boolOfText(scalarText(x))} end`,
  },
  datetime: {
    string: datetimeFromText,
    int: (x) => `${x}::bigint`,
    long: itself,
    dynamic: (x) => datetimeFromText(scalarText(x)),
  },
  timespan: {
    string: timespanFromText,
    int: (x) => `${x}::bigint`,
    long: itself,
    real: (x) => `try_cast(round(${x} * ${DAY}) as bigint)`,
    decimal: (x) => `try_cast(round(${x}::double * ${DAY}) as bigint)`,
    dynamic: (x) => timespanFromText(scalarText(x)),
  },
  guid: { string: guidOfText, dynamic: (x) => guidOfText(scalarText(x)) },
  dynamic: {
    string: (x) => `to_json(${x})::varchar`,
    bool: (x) => `to_json(${x})::varchar`,
    int: (x) => `to_json(${x})::varchar`,
    long: (x) => `to_json(${x})::varchar`,
    real: (x) =>
      `case when ${x} is null then null when isfinite(${x}) then to_json(${x})::varchar else to_json(${realToText(x)})::varchar end`,
    decimal: (x) => `${decimalToText(x)}`,
    datetime: (x) => `to_json(${datetimeToText(x)})::varchar`,
    timespan: (x) => `to_json(${timespanToText(x)})::varchar`,
    guid: (x) => `to_json(${x})::varchar`,
  },
};

export function convertSql(x: string, from: KqlType, to: KqlType): string {
  return from === to ? x : (CONVERSIONS[to][from]?.(x) ?? (to === 'string' ? "''" : 'null'));
}

const conversion = (to: KqlType): FunctionEntry => ({
  takes: ['any'],
  returns: to,
  sql: ({ args, exprs }: PrintedCall) => convertSql(args[0] ?? '', exprs[0]?.type ?? 'string', to),
});

export const CONVERSION: Readonly<Record<string, FunctionEntry>> = {
  tostring: conversion('string'),
  tolong: conversion('long'),
  toint: conversion('int'),
  toreal: conversion('real'),
  todecimal: conversion('decimal'),
  tobool: conversion('bool'),
  todatetime: conversion('datetime'),
  totimespan: conversion('timespan'),
  toguid: conversion('guid'),
  todynamic: conversion('dynamic'),
  parse_json: {
    takes: ['string'],
    sql: "case when {0} = '' then null when json_valid({0}) then nullif({0}::json::varchar, 'null') else to_json({0})::varchar end",
  },
  'text or empty': { takes: ['any'], sql: "coalesce({0}, '')" },
  field: {
    takes: ['any', 'any'],
    sql: ({ args, exprs, type }) => {
      const index = exprs[1]?.kind === 'literal' ? exprs[1].value : 0n;
      const read = `struct_extract(${args[0]}, 'f${index}')`;
      return type === 'string' ? `coalesce(${read}, '')` : read;
    },
  },
};
