import { defineType, type Implementation } from '../member-table.ts';
import { foldCase, lowerCase } from '../text/compare-text.ts';
import { given, raise, type V } from '../value/values.ts';

const char = (code: number): string => String.fromCharCode(code);
const classes: Readonly<Record<string, RegExp>> = {
  IsDigit: /\p{Nd}/u,
  IsNumber: /\p{N}/u,
  IsLetter: /\p{L}/u,
  IsLetterOrDigit: /[\p{L}\p{Nd}]/u,
  IsUpper: /\p{Lu}/u,
  IsLower: /\p{Ll}/u,
  IsWhiteSpace: /[\p{Z}\t-\r\u0085]/u,
  IsPunctuation: /\p{P}/u,
  IsSymbol: /\p{S}/u,
  IsSeparator: /\p{Z}/u,
  IsControl: /\p{Cc}/u,
};
const inText = (s: V, i: number): number =>
  i >= 0 && i < given(s).length ? s.charCodeAt(i) : raise('ArgumentOutOfRangeException', 'Index was out of range.');
const numericValue = (text: string): number =>
  /^[0-9]$/.test(text) ? Number(text) : /^\p{Nd}$/u.test(text) ? decimalDigit(text) : -1;
/** Digits of other scripts stand in runs of ten. */
function decimalDigit(text: string): number {
  const code = text.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}

export function defineChar(): void {
  const tests: Record<string, Implementation> = {};
  for (const [name, pattern] of Object.entries(classes)) {
    tests[`${name}(char):bool`] = (_s, [c]) => pattern.test(char(c));
    tests[`${name}(string,int):bool`] = (_s, [s, i]) => pattern.test(char(inText(s, i)));
  }
  const upper: Implementation = (_s, [c]) => foldCase(char(c)).charCodeAt(0);
  const lower: Implementation = (_s, [c]) => lowerCase(char(c)).charCodeAt(0);
  defineType({
    type: 'char',
    bases: ['object', 'IComparable'],
    members: {
      'CompareTo(char):int': (c, [x]) => c - x,
      'Equals(char):bool': (c, [x]) => c === x,
      'ToString():string': (c) => char(c),
      'ToString(IFormatProvider):string': (c) => char(c),
    },
    statics: {
      ...tests,
      'MinValue:char': () => 0,
      'MaxValue:char': () => 65535,
      'ToUpper(char):char': upper,
      'ToLower(char):char': lower,
      'ToUpperInvariant(char):char': upper,
      'ToLowerInvariant(char):char': lower,
      'ToString(char):string': (_s, [c]) => char(c),
      'GetNumericValue(char):double': (_s, [c]) => numericValue(char(c)),
      'IsSurrogate(char):bool': (_s, [c]) => c >= 0xd800 && c <= 0xdfff,
      'IsHighSurrogate(char):bool': (_s, [c]) => c >= 0xd800 && c <= 0xdbff,
      'IsLowSurrogate(char):bool': (_s, [c]) => c >= 0xdc00 && c <= 0xdfff,
      'IsSurrogatePair(char,char):bool': (_s, [h, l]) => h >= 0xd800 && h <= 0xdbff && l >= 0xdc00 && l <= 0xdfff,
      'ConvertFromUtf32(int):string': (_s, [code]) =>
        code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
          ? raise(
              'ArgumentOutOfRangeException',
              'A valid UTF32 value is between 0x000000 and 0x10ffff, inclusive, and should not include surrogate codepoint values.',
            )
          : String.fromCodePoint(code),
      'ConvertToUtf32(string,int):int': (_s, [s, i]) => given(s).codePointAt(i) ?? inText(s, i),
      'ConvertToUtf32(char,char):int': (_s, [h, l]) => (char(h) + char(l)).codePointAt(0) ?? 0,
      'Parse(string):char': (_s, [s]) =>
        given(s).length === 1
          ? s.charCodeAt(0)
          : raise('FormatException', 'String must be exactly one character long.'),
      'TryParse(string,out char):bool': (_s, [s, out]) => {
        const isOne = s !== null && s.length === 1;
        out(isOne ? s.charCodeAt(0) : 0);
        return isOne;
      },
    },
  });
}
