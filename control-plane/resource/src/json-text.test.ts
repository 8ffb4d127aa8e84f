import { describe, expect, test } from 'vitest';
import { readJson } from './json-text.ts';

describe('readJson', () => {
  test.each([
    '{}',
    '[]',
    '{"a": [1, -2.5e3, true, false, null, "x\\u00e9\\n\\"", {"b": {}}], "__proto__": 1}',
    ' "text" ',
    '0',
  ])('reads what JSON.parse reads: %s', (text) => {
    expect(readJson(text).value).toEqual(JSON.parse(text));
    expect(readJson(text).mistake).toBeUndefined();
  });

  test.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "Expected ',' or '}', found '\"'."],
    ['{\n  "a": 1,\n}', 3, 1, "Expected a property name in double quotes, found '}'."],
    ['{"a" 1}', 1, 6, "Expected ':' after 'a', found '1'."],
    ["{'a': 1}", 1, 2, "Expected a property name in double quotes, found '''."],
    ['{"a": }', 1, 7, "Expected a value, found '}'."],
    ['{"a": nul}', 1, 7, "Expected a value, found 'nul'."],
    ['{"a": 1', 1, 8, "Expected ',' or '}', found the end of the file."],
    ['{"a": "x\n"}', 1, 7, "The text has no closing '\"' on its line."],
    ['{"a": 1, "a": 2}', 1, 10, "The property 'a' is there twice."],
    ['[1 2]', 1, 4, "Expected ',' or ']', found '2'."],
    ['{} x', 1, 4, "Expected the end of the file, found 'x'."],
    ['', 1, 1, 'Expected a value, found the end of the file.'],
    ['{"a": "\\x"}', 1, 7, 'The text has a character or an escape that JSON does not allow.'],
    ['{"a": 01}', 1, 7, "Expected a value, found '01'."],
  ])('%j: the mistake with its place', (text, line, column, message) => {
    expect(readJson(text).mistake).toMatchObject({ message, place: { line, column } });
  });

  test('knows where a value stands', () => {
    const text = '{\n  "properties": {\n    "logs": [\n      { "category": "X" }\n    ]\n  }\n}\n';
    expect(readJson(text).placeOf('properties.logs[0].category')).toMatchObject({ line: 4, column: 21, length: 3 });
    expect(readJson(text).placeOf('properties.none')).toBeUndefined();
  });
});
