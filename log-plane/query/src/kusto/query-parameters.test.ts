import { expect, it } from 'vitest';
import { applyParameters } from './query-parameters.ts';

const cases: Readonly<
  Record<string, readonly [csl: string, values: Readonly<Record<string, unknown>>, text: string | RegExp]>
> = {
  'a query without parameters': ['T | count', {}, 'T | count'],
  'a string, whatever it holds': [
    'declare query_parameters(name: string);\nT | where Name == name',
    { name: 'a"; .drop table T //\\\n' },
    'let name = "a\\"; .drop table T //\\\\\\u000a";\nT | where Name == name',
  ],
  'one of each type, as values and as literals': [
    'declare query_parameters(a: bool, b: int, c: long, d: real, e: datetime, f: timespan, g: guid, h: decimal);x',
    {
      a: true,
      b: 5,
      c: 'long(-7)',
      d: '1.5e3',
      e: 'datetime("2026-01-02T03:04:05Z")',
      f: 'time(1.02:03:04)',
      g: '01234567-89ab-cdef-0123-456789abcdef',
      h: '1.50',
    },
    'let a = bool(true); let b = int(5); let c = long(-7); let d = real(1.5e3); let e = datetime(2026-01-02T03:04:05Z); let f = timespan(1.02:03:04); let g = guid(01234567-89ab-cdef-0123-456789abcdef); let h = decimal(1.50);x',
  ],
  'a dynamic, as JSON or as a literal': [
    'declare query_parameters(a: dynamic, b: dynamic);x',
    { a: { n: [1] }, b: 'dynamic([1, 2])' },
    'let a = dynamic({"n":[1]}); let b = dynamic([1,2]);x',
  ],
  'a default, with brackets and commas in it': [
    'declare query_parameters(a: string = "x, )", b: long = 5);x',
    { b: 6 },
    'let a = "x, )"; let b = long(6);x',
  ],
  'behind a comment, and the lines stay': [
    '// who\ndeclare query_parameters(\n  a: long\n);\nx',
    { a: 1 },
    'let a = long(1);\n\n\n\nx',
  ],
  'no value and no default': ['declare query_parameters(a: long);x', {}, /'a' has neither a value/],
  'a value that is more than a value': [
    'declare query_parameters(a: long);x',
    { a: '1; T' },
    /'a' is "1; T"; expected a value of the type long/,
  ],
  'a literal of another type': ['declare query_parameters(a: long);x', { a: 'datetime(2026-01-01)' }, /the type long/],
  'a dynamic that is no JSON': ['declare query_parameters(a: dynamic);x', { a: '[1' }, /is no JSON/],
  'a type that does not exist': ['declare query_parameters(a: text);x', { a: 'x' }, /the type 'text'/],
  'a value of no declared parameter': [
    'declare query_parameters(a: long);x',
    { a: 1, b: 2 },
    /declares no parameter 'b'/,
  ],
  'a value without any declaration': ['T', { b: 2 }, /declares no parameter 'b'/],
  'no closing bracket': ['declare query_parameters(a: long', { a: 1 }, /no closing bracket/],
  'no semicolon': ['declare query_parameters(a: long) T', { a: 1 }, /a semicolon is expected/],
};

it.each(Object.entries(cases))('%s', (_, [csl, values, text]) => {
  if (text instanceof RegExp) expect(() => applyParameters(csl, values)).toThrow(text);
  else expect(applyParameters(csl, values)).toBe(text);
});
