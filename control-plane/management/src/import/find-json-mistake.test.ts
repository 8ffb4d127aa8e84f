import { describe, expect, test } from 'vitest';
import { findJsonMistake } from './find-json-mistake.ts';

const broken: Readonly<Record<string, readonly [text: string, line: number, column: number, message: RegExp]>> = {
  'a comma too many': ['{"a": 1,\n}', 2, 1, /expected a name in '"', found '}'/],
  'a comma too few': ['{"a": 1\n "b": 2}', 2, 2, /expected ',' or '}', found "b/],
  'a text instead of a name': ['{a: 1}', 1, 2, /expected a name in '"', found 'a'/],
  'an end too early': ['{"a": [1, 2', 1, 12, /expected ',' or ']', found the end of the text: it is truncated/],
  'a value that misses': ['{"a":\n\n}', 3, 1, /expected a value, found '}'/],
  'a text without an end': ['{"a": "b', 1, 7, /expected a closed text, .*truncated/],
  'a line break in a text': ['{"a": "b\nc"}', 1, 7, /expected a closed text/],
  'a wrong escape': ['["\\x"]', 1, 2, /expected a closed text/],
  'a number with a leading zero': ['[01]', 1, 2, /expected a value, found '01'/],
  'a word': ['[undefined]', 1, 2, /expected a value, found 'undefined'/],
  'more than one value': ['{}\n{}', 2, 1, /expected the end of the document, found '{'/],
  'a comment': ['{ // why\n}', 1, 3, /found '\/'/],
};

describe('the first mistake has its place', () => {
  test.each(Object.entries(broken))('%s', (_name, [text, line, column, message]) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(findJsonMistake(text)).toMatchObject({ line, column, message: expect.stringMatching(message) });
  });
});

test.each(['{}', '[]', ' {"a": [1, -2.5e+3, true, false, null, "\\u00e9\\n"], "b": {"c": []}}\n', '"x"', '0'])(
  'no mistake in %s',
  (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(findJsonMistake(text)).toBeUndefined();
  },
);

test('depth and length are no danger', () => {
  expect(findJsonMistake('['.repeat(1_000_000))).toMatchObject({ line: 1, column: 1_000_001 });
  expect(findJsonMistake(`"${'\\n'.repeat(1_000_000)}"`)).toBeUndefined();
});
