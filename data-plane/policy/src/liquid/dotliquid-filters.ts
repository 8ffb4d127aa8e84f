import type { Liquid } from 'liquidjs';

/** Filters of DotLiquid as its C# names call them, beside Liquid's own names. */
const renamed: Readonly<Record<string, string>> = {
  Append: 'append',
  Capitalize: 'capitalize',
  Ceil: 'ceil',
  Compact: 'compact',
  Default: 'default',
  DividedBy: 'divided_by',
  Downcase: 'downcase',
  Escape: 'escape',
  First: 'first',
  Floor: 'floor',
  H: 'escape',
  Join: 'join',
  Last: 'last',
  Lstrip: 'lstrip',
  Map: 'map',
  Minus: 'minus',
  Modulo: 'modulo',
  NewlineToBr: 'newline_to_br',
  Plus: 'plus',
  Prepend: 'prepend',
  Remove: 'remove',
  RemoveFirst: 'remove_first',
  Replace: 'replace',
  ReplaceFirst: 'replace_first',
  Round: 'round',
  Rstrip: 'rstrip',
  Size: 'size',
  Slice: 'slice',
  Sort: 'sort',
  Split: 'split',
  Strip: 'strip',
  StripHtml: 'strip_html',
  StripNewlines: 'strip_newlines',
  Times: 'times',
  Truncate: 'truncate',
  TruncateWords: 'truncatewords',
  Uniq: 'uniq',
  Upcase: 'upcase',
  UrlDecode: 'url_decode',
  UrlEncode: 'url_encode',
};

const two = (value: number): string => String(value).padStart(2, '0');
const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** The parts of .NET's custom formats for dates; in UTC. */
const dateParts: Readonly<Record<string, (date: Date) => string>> = {
  yyyy: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  yy: (date) => two(date.getUTCFullYear() % 100),
  MMMM: (date) => months[date.getUTCMonth()] ?? '',
  MMM: (date) => (months[date.getUTCMonth()] ?? '').slice(0, 3),
  MM: (date) => two(date.getUTCMonth() + 1),
  M: (date) => String(date.getUTCMonth() + 1),
  dddd: (date) => days[date.getUTCDay()] ?? '',
  ddd: (date) => (days[date.getUTCDay()] ?? '').slice(0, 3),
  dd: (date) => two(date.getUTCDate()),
  d: (date) => String(date.getUTCDate()),
  HH: (date) => two(date.getUTCHours()),
  H: (date) => String(date.getUTCHours()),
  hh: (date) => two(date.getUTCHours() % 12 || 12),
  h: (date) => String(date.getUTCHours() % 12 || 12),
  mm: (date) => two(date.getUTCMinutes()),
  m: (date) => String(date.getUTCMinutes()),
  ss: (date) => two(date.getUTCSeconds()),
  s: (date) => String(date.getUTCSeconds()),
  fff: (date) => String(date.getUTCMilliseconds()).padStart(3, '0'),
  tt: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  zzz: () => '+00:00',
};

function formatDate(value: unknown, format: unknown): unknown {
  const date = value === 'now' ? new Date() : new Date(String(value));
  if (Number.isNaN(date.getTime())) return value;
  if (typeof format !== 'string' || format === '') return date.toISOString();
  return format.replace(
    /'([^']*)'|\\(.)|yyyy|yy|M{1,4}|d{1,4}|HH?|hh?|mm?|ss?|fff|tt|zzz/g,
    (part, quoted?: string, escaped?: string) => quoted ?? escaped ?? dateParts[part]?.(date) ?? part,
  );
}

/** Gives a Liquid engine the filters by the names that API Management's templates use. */
export function addDotLiquidFilters(engine: Liquid): void {
  for (const [name, own] of Object.entries(renamed)) {
    const filter = engine.filters[own];
    if (filter) engine.registerFilter(name, filter);
  }
  engine.registerFilter('Date', formatDate);
}
