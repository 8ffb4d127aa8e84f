import { constantOf, type FunctionEntry, type PrintedCall } from './entry.ts';
import { ticksOf, timestampOf } from './ticks.ts';

const DAY = 864000000000n;
const EPOCH = '621355968000000000';

/** Start of a calendar unit, some units further on. */
function startOf(unit: string): FunctionEntry['sql'] {
  return ({ args: [t = '', offset] }) => {
    // What is beyond the years that there are is null, so nothing may overflow before.
    const moved = (start: string, size: bigint) =>
      offset === undefined ? start : `try_cast(${start} + (${offset})::hugeint * ${size} as bigint)`;
    if (unit === 'day') return moved(`${t} - ${t} % ${DAY}`, DAY);
    // Tick 0 is a Monday; weeks begin on Sunday.
    if (unit === 'week') return moved(`${t} - (${t} + ${DAY}) % ${7n * DAY}`, 7n * DAY);
    const start = `date_trunc('${unit}', ${timestampOf(t)})`;
    if (offset === undefined) return ticksOf(start);
    return ticksOf(`try(${start} + to_${unit}s(try_cast(${offset} as integer)))`);
  };
}

function endOf(unit: string): FunctionEntry['sql'] {
  const start = startOf(unit);
  return (printed) => {
    const [t = '', offset = '0'] = printed.args;
    const begin = typeof start === 'string' ? start : start({ ...printed, args: [t, `((${offset})::hugeint + 1)`] });
    return `${begin} - 1`;
  };
}

const part = (name: string): FunctionEntry => ({
  takes: ['datetime'],
  returns: 'int',
  sql: ({ args: [t = ''] }) => `date_part('${name}', ${timestampOf(t)})::integer`,
});

const fromUnix = (ticks: string): FunctionEntry => ({
  takes: ['real'],
  sql: `try_cast(round({0} * ${ticks}) as bigint) + ${EPOCH}`,
});

/** By the engine's time zones; null for a zone that it does not know. */
const zoned = (move: (moment: string, zone: string) => string): FunctionEntry => ({
  takes: ['datetime', 'string'],
  usesOften: true,
  // An unknown zone is an error that the engine's try lets through.
  sql: ({ args: [t = '', zone = ''] }) => {
    const isKnown = `lower(${zone}) in (select lower(name) from pg_timezone_names())`;
    return `case when ${isKnown} then try(${ticksOf(move(timestampOf(t), zone))}) end + ${t} % 10000000`;
  },
});

/** Units of datetime_add, datetime_diff, datetime_part: a fixed size in ticks, or a calendar unit of the engine. */
const FIXED: Readonly<Record<string, bigint>> = {
  week: 7n * DAY,
  day: DAY,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
};
const MONTHS: Readonly<Record<string, bigint>> = { year: 12n, quarter: 3n, month: 1n };

function unitOf(printed: PrintedCall): string {
  return String(constantOf(printed, 0) ?? '')
    .toLowerCase()
    .replace(/s$/, '');
}

function datetimeAdd(printed: PrintedCall): string {
  const [, amount = '', t = ''] = printed.args;
  const unit = unitOf(printed);
  const fixed = FIXED[unit];
  if (fixed !== undefined) return `${t} + ${amount} * ${fixed}`;
  const months = MONTHS[unit];
  if (months === undefined) return 'null';
  return `${ticksOf(`(${timestampOf(t)} + to_months((${amount} * ${months})::integer))`)} + ${t} % 10000000`;
}

/** Borders crossed between the two, weeks beginning on Sunday. */
function datetimeDiff(printed: PrintedCall): string {
  const [, a = '', b = ''] = printed.args;
  const unit = unitOf(printed);
  const fixed = FIXED[unit];
  if (unit === 'week') return `(${a} + ${DAY}) // ${7n * DAY} - (${b} + ${DAY}) // ${7n * DAY}`;
  if (fixed !== undefined) return `${a} // ${fixed} - ${b} // ${fixed}`;
  if (unit === 'nanosecond') return `(${a} - ${b}) * 100`;
  return MONTHS[unit] === undefined ? 'null' : `date_diff('${unit}', ${timestampOf(b)}, ${timestampOf(a)})`;
}

const PARTS: Readonly<Record<string, string>> = {
  year: 'year',
  quarter: 'quarter',
  month: 'month',
  week_of_year: 'week',
  weekofyear: 'week',
  day: 'day',
  dayofyear: 'doy',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
};

function datetimePart(printed: PrintedCall): string {
  const t = printed.args[1] ?? '';
  const name = String(constantOf(printed, 0) ?? '').toLowerCase();
  if (name === 'millisecond') return `${t} % 10000000 // 10000`;
  if (name === 'microsecond') return `${t} % 10000000 // 10`;
  if (name === 'nanosecond') return `${t} % 10000000 * 100`;
  const known = PARTS[name];
  return known === undefined ? 'null' : `date_part('${known}', ${timestampOf(t)})`;
}

/** Pieces of a format → SQL, longest first. */
const DATE_PIECES: readonly (readonly [RegExp, (t: string, piece: string) => string])[] = [
  [/^yyyy/, (t) => `strftime(${timestampOf(t)}, '%Y')`],
  [/^yy/, (t) => `strftime(${timestampOf(t)}, '%y')`],
  [/^MM/, (t) => `strftime(${timestampOf(t)}, '%m')`],
  [/^M/, (t) => `date_part('month', ${timestampOf(t)})::varchar`],
  [/^dd/, (t) => `strftime(${timestampOf(t)}, '%d')`],
  [/^d/, (t) => `date_part('day', ${timestampOf(t)})::varchar`],
  [/^HH/, (t) => `strftime(${timestampOf(t)}, '%H')`],
  [/^H/, (t) => `date_part('hour', ${timestampOf(t)})::varchar`],
  [/^hh/, (t) => `strftime(${timestampOf(t)}, '%I')`],
  [/^h/, (t) => `((date_part('hour', ${timestampOf(t)}) + 11) % 12 + 1)::varchar`],
  [/^mm/, (t) => `strftime(${timestampOf(t)}, '%M')`],
  [/^m/, (t) => `date_part('minute', ${timestampOf(t)})::varchar`],
  [/^ss/, (t) => `strftime(${timestampOf(t)}, '%S')`],
  [/^s/, (t) => `date_part('second', ${timestampOf(t)})::varchar`],
  [/^tt/, (t) => `strftime(${timestampOf(t)}, '%p')`],
  [/^f{1,7}/, (t, piece) => `left(lpad((${t} % 10000000)::varchar, 7, '0'), ${piece.length})`],
  [/^F{1,7}/, (t, piece) => `rtrim(left(lpad((${t} % 10000000)::varchar, 7, '0'), ${piece.length}), '0')`],
];

function formatDatetime(printed: PrintedCall): string {
  const t = printed.args[0] ?? '';
  let rest = String(constantOf(printed, 1) ?? '');
  const pieces: string[] = [];
  while (rest !== '') {
    const found = DATE_PIECES.find(([shape]) => shape.test(rest));
    const piece = found?.[0].exec(rest)?.[0] ?? rest.slice(0, 1);
    pieces.push(found === undefined ? `'${piece.replaceAll("'", "''")}'` : found[1](t, piece));
    rest = rest.slice(piece.length);
  }
  return `coalesce(${pieces.length === 0 ? "''" : pieces.join(' || ')}, '')`;
}

const span = (t: string): string => `abs(${t})`;
const padded = (sql: string, width: number): string =>
  width === 1
    ? `(${sql})::varchar`
    : `lpad((${sql})::varchar, greatest(${width}, length((${sql})::varchar))::integer, '0')`;

function formatTimespan(printed: PrintedCall): string {
  const t = printed.args[0] ?? '';
  const pieces: string[] = [`case when ${t} < 0 then '-' else '' end`];
  for (const piece of String(constantOf(printed, 1) ?? '').match(/d+|h+|H+|m+|s+|f{1,7}|F{1,7}|./gs) ?? []) {
    const unit = SPAN_UNITS[piece[0] ?? ''];
    const fraction = `left(lpad((${span(t)} % 10000000)::varchar, 7, '0'), ${piece.length})`;
    if (unit !== undefined) pieces.push(padded(unit(span(t)), piece.length));
    else if (/^f/.test(piece)) pieces.push(fraction);
    else if (/^F/.test(piece)) pieces.push(`rtrim(${fraction}, '0')`);
    else pieces.push(`'${piece.replaceAll("'", "''")}'`);
  }
  return `coalesce(${pieces.join(' || ')}, '')`;
}

const SPAN_UNITS: Readonly<Record<string, (size: string) => string>> = {
  d: (size) => `${size} // 864000000000`,
  h: (size) => `${size} // 36000000000 % 24`,
  H: (size) => `${size} // 36000000000 % 24`,
  m: (size) => `${size} // 600000000 % 60`,
  s: (size) => `${size} // 10000000 % 60`,
};

/** Null beyond what the type holds, and for bins of no size. */
function binAt({ args: [x = '', size = '', at = ''], type }: PrintedCall): string {
  if (type === 'real' || type === 'decimal') return `${at} + floor((${x} - ${at}) / ${size}) * ${size}`;
  const bins = `floor((${x}::hugeint - ${at})::double / (${size})::double)`;
  return `try_cast(${at}::hugeint + try_cast(${bins} as hugeint) * (${size}) as bigint)`;
}

export const DATETIME: Readonly<Record<string, FunctionEntry>> = {
  startofday: { takes: ['datetime', 'long'], sql: startOf('day') },
  startofweek: { takes: ['datetime', 'long'], sql: startOf('week') },
  startofmonth: { takes: ['datetime', 'long'], sql: startOf('month') },
  startofyear: { takes: ['datetime', 'long'], sql: startOf('year') },
  endofday: { takes: ['datetime', 'long'], sql: endOf('day') },
  endofweek: { takes: ['datetime', 'long'], sql: endOf('week') },
  endofmonth: { takes: ['datetime', 'long'], sql: endOf('month') },
  endofyear: { takes: ['datetime', 'long'], sql: endOf('year') },
  dayofweek: { takes: ['datetime'], sql: `({0} // ${DAY} + 1) % 7 * ${DAY}` },
  dayofmonth: part('day'),
  dayofyear: part('doy'),
  monthofyear: part('month'),
  getyear: { ...part('year'), returns: 'long' },
  hourofday: { ...part('hour'), returns: 'long' },
  week_of_year: part('week'),
  datetime_part: { takes: ['string', 'datetime'], returns: 'long', sql: datetimePart },
  datetime_add: { takes: ['string', 'long', 'datetime'], sql: datetimeAdd },
  datetime_diff: { takes: ['string', 'datetime', 'datetime'], sql: datetimeDiff },
  format_timespan: { takes: ['timespan', 'string'], sql: formatTimespan },
  format_datetime: { takes: ['datetime', 'string'], sql: formatDatetime },
  make_datetime: {
    takes: ['long', 'long', 'long', 'long', 'long', 'real'],
    sql: ({ args: [y, m = 'null', d = '1', h = '0', min = '0', s = '0'] }) =>
      `epoch_us(try(make_timestamp(${y}, ${m}, ${d}, ${h}, ${min}, ${s}))) * 10 + ${EPOCH}`,
  },
  make_timespan: {
    takes: ['long', 'long', 'real', 'real'],
    sql: ({ args }) => {
      const [d, h, m, s] = args.length === 4 ? args : ['0', args[0], args[1] ?? 'null', args[2] ?? '0'];
      const isValid = `${h} between 0 and 23 and ${m} >= 0 and ${m} < 60 and ${s} >= 0 and ${s} < 60`;
      return `case when ${isValid} then try_cast(round(((${d} * 24 + ${h}) * 60 + ${m}) * 600000000 + ${s} * 10000000) as bigint) end`;
    },
  },
  bin_at: { takes: ['common', 'any', 'common'], sql: binAt },
  datetime_local_to_utc: zoned((moment, zone) => `(${moment} at time zone ${zone})::timestamptz at time zone 'UTC'`),
  datetime_utc_to_local: zoned((moment, zone) => `(${moment} at time zone 'UTC')::timestamptz at time zone ${zone}`),
  unixtime_seconds_todatetime: fromUnix('10000000'),
  unixtime_milliseconds_todatetime: fromUnix('10000'),
  unixtime_microseconds_todatetime: fromUnix('10'),
  unixtime_nanoseconds_todatetime: fromUnix('0.01'),
};
