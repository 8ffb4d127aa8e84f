const EPOCH = '621355968000000000';

/** Ticks cut to whole seconds as the engine's timestamp. */
export const timestampOf = (t: string): string => `make_timestamp((${t} - ${t} % 10000000 - ${EPOCH}) // 10)`;

/** The engine's timestamp as ticks. */
export const ticksOf = (timestamp: string): string => `(epoch_us(${timestamp}) * 10 + ${EPOCH})`;

export const datetimeToText = (t: string): string =>
  `strftime(${timestampOf(t)}, '%Y-%m-%dT%H:%M:%S.') || lpad((${t} % 10000000)::varchar, 7, '0') || 'Z'`;

export const timespanToText = (t: string): string =>
  `(case when ${t} < 0 then '-' else '' end || case when abs(${t}) >= 864000000000 then (abs(${t}) // 864000000000)::varchar || '.' else '' end || lpad((abs(${t}) // 36000000000 % 24)::varchar, 2, '0') || ':' || lpad((abs(${t}) // 600000000 % 60)::varchar, 2, '0') || ':' || lpad((abs(${t}) // 10000000 % 60)::varchar, 2, '0') || case when ${t} % 10000000 <> 0 then '.' || lpad((abs(${t}) % 10000000)::varchar, 7, '0') else '' end)`;

const FORMATS = [
  '%m/%d/%Y %H:%M:%S',
  '%m/%d/%Y %H:%M',
  '%m/%d/%Y %I:%M:%S %p',
  '%m/%d/%Y',
  '%m-%d-%Y',
  '%a, %d %b %Y %H:%M:%S GMT',
  '%d %b %Y %H:%M:%S',
  '%Y-%m',
  '%Y',
];

/** ISO first, its fraction apart so that the seventh digit survives. */
export const datetimeFromText = (s: string): string => {
  const whole = `regexp_replace(trim(${s}), '\\.\\d+', '')`;
  const fraction = `coalesce(try_cast(rpad(left(regexp_extract(${s}, ':\\d\\d\\.(\\d+)', 1), 7), 7, '0') as bigint), 0)`;
  const zoned = `try_cast(case when regexp_matches(${whole}, ':\\d\\d\\s*([-+]\\d\\d:?\\d\\d|Z)$') then ${whole} end as timestamptz)::timestamptz`;
  const formats = `[${FORMATS.map((format) => `'${format}'`).join(', ')}]`;
  return `(coalesce(epoch_us(${zoned}), epoch_us(try_cast(${whole} as timestamp)), epoch_us(try_strptime(trim(${s}), ${formats}))) * 10 + ${EPOCH} + ${fraction})`;
};

/** [days.]hours:minutes[:seconds[.fraction]] */
const CLOCK = '\\s*-?(?:(\\d+)\\.)?(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:\\.(\\d{1,7}))?)?\\s*';

const clock = (s: string, group: number): string =>
  `coalesce(try_cast(nullif(regexp_extract(${s}, '^${CLOCK}$', ${group}), '') as bigint), 0)`;

const UNITS =
  "case regexp_extract({s}, '([a-z]+)$', 1) when '' then 864000000000 when 'd' then 864000000000 when 'h' then 36000000000 when 'm' then 600000000 when 's' then 10000000 when 'ms' then 10000 when 'microsecond' then 10 when 'tick' then 1 end";

export const timespanFromText = (s: string): string => {
  const sign = `case when trim(${s}) like '-%' then -1 else 1 end`;
  const fraction = `coalesce(try_cast(rpad(nullif(regexp_extract(${s}, '^${CLOCK}$', 5), ''), 7, '0') as bigint), 0)`;
  const ticks = `${clock(s, 1)} * 864000000000 + ${clock(s, 2)} * 36000000000 + ${clock(s, 3)} * 600000000 + ${clock(s, 4)} * 10000000 + ${fraction}`;
  const isUnit = `regexp_full_match(trim(${s}), '-?(\\d+|\\d+(\\.\\d+)?(d|h|m|s|ms|microsecond|tick))')`;
  const amount = `regexp_extract(trim(${s}), '^-?\\d+(\\.\\d+)?')::double`;
  const unit = UNITS.replace('{s}', () => `trim(${s})`);
  return `case when regexp_full_match(${s}, '${CLOCK}') then ${sign} * (${ticks}) when ${isUnit} then try_cast(round(${amount} * ${unit}) as bigint) end`;
};
