import { describe, expect, it } from 'vitest';
import { type FilterGrammar, parseFilter } from './filter.ts';

interface Item {
  readonly name: string;
  readonly count?: number;
  readonly isCurrent?: boolean;
  readonly tags?: readonly string[];
}
const items: readonly Item[] = [
  { name: 'alpha', count: 1, isCurrent: true, tags: ['red'] },
  { name: 'Beta', count: 2, isCurrent: false },
  { name: "it's", count: 3 },
];
const grammar: FilterGrammar<Item> = {
  fields: {
    name: ({ name }) => name,
    count: ({ count }) => count,
    isCurrent: ({ isCurrent }) => isCurrent,
    tags: ({ tags }) => tags,
  },
  functions: {
    startsAt:
      (argument) =>
      ({ name }) =>
        name.startsWith(argument ?? ''),
  },
};

describe('parseFilter', () => {
  it.each([
    ["name eq 'ALPHA'", ['alpha']],
    ["name ne 'alpha'", ['Beta', "it's"]],
    ["name gt 'alpha' and name lt 'c'", ['Beta']],
    ["name ge 'beta'", ['Beta', "it's"]],
    ["name le 'beta'", ['alpha', 'Beta']],
    ["name eq 'it''s'", ["it's"]],
    ['count ge 2', ['Beta', "it's"]],
    ['isCurrent eq true', ['alpha']],
    ['isCurrent ne true', ['Beta', "it's"]],
    ['isCurrent eq null', ["it's"]],
    ["contains(name,'ET')", ['Beta']],
    ["substringof('et', properties/name)", ['Beta']],
    ["startswith(name, 'al') or endswith(name, 's')", ['alpha', "it's"]],
    ["contains(tags,'red')", ['alpha']],
    ["not (name eq 'alpha' or name eq 'beta')", ["it's"]],
    ["name eq 'alpha' or name eq 'beta' and count eq 1", ['alpha']],
    ["startsAt('B')", ['Beta']],
  ])('%s', (text, names) => {
    expect(items.filter(parseFilter(text, grammar)).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ["color eq 'red'", /at 'color', position 1, this list can be filtered by these fields: name, count/],
    ["name like 'x'", /at 'like', position 6, expected one of eq, ne/],
    ['name eq', /at its end, expected a value/],
    ["name eq 'x", /this is not expected/],
    ["name eq 'a' name", /expected and, or, or the end/],
    ["length(name) gt 'a'", /this function is not supported/],
    [`${'('.repeat(200)}name eq 'a'`, /nests deeper/],
    ["contains(name,'a'", /expected '\)'/],
  ])('%s is refused', (text, message) => {
    expect(() => parseFilter(text, grammar)).toThrow(message);
  });
});
