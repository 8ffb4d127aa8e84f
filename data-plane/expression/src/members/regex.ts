import { defineType, type Implementation } from '../member-table.ts';
import { type CompiledRegex, compileRegex } from '../regex/compile-regex.ts';
import { findMatch, type RegexMatch, type Span } from '../regex/match-regex.ts';
import type { Runtime } from '../runtime.ts';
import { typeOf } from '../type/types.ts';
import { given, Items, raise, stringItems, type V } from '../value/values.ts';

class Regex {
  readonly type = typeOf('Regex');
  readonly compiled: CompiledRegex;
  constructor(compiled: CompiledRegex) {
    this.compiled = compiled;
  }
  displayText(): string {
    return this.compiled.pattern;
  }
}
class Capture {
  readonly type = typeOf('Capture');
  readonly index: number;
  readonly value: string;
  constructor(text: string, { start, end }: Span) {
    this.index = start;
    this.value = text.slice(start, end);
  }
  displayText(): string {
    return this.value;
  }
}
class Group {
  readonly type = typeOf('Group');
  readonly name: string;
  readonly success: boolean;
  readonly index: number;
  readonly value: string;
  readonly captures: readonly Capture[];
  constructor(text: string, spans: readonly Span[], name: string) {
    const last = spans.at(-1);
    this.name = name;
    this.success = last !== undefined;
    this.index = last?.start ?? 0;
    this.value = last ? text.slice(last.start, last.end) : '';
    this.captures = spans.map((span) => new Capture(text, span));
  }
  displayText(): string {
    return this.value;
  }
}
export class Match {
  readonly type = typeOf('Match');
  readonly regex: CompiledRegex | undefined;
  readonly text: string;
  readonly found: RegexMatch | undefined;
  constructor(regex: CompiledRegex | undefined, text: string, found: RegexMatch | undefined) {
    this.regex = regex;
    this.text = text;
    this.found = found;
  }
  get index(): number {
    return this.found?.index ?? 0;
  }
  get value(): string {
    return this.found ? this.text.slice(this.found.index, this.found.index + this.found.length) : '';
  }
  group(number: number): Group {
    const { regex } = this;
    const name = regex
      ? ([...regex.names].find(([key, value]) => value === number && !/^\d/.test(key))?.[0] ?? String(number))
      : String(number);
    return new Group(this.text, this.found?.captures.get(number) ?? [], name);
  }
  groups(): readonly Group[] {
    return this.found && this.regex ? this.regex.numbers.map((number) => this.group(number)) : [this.group(0)];
  }
  displayText(): string {
    return this.value;
  }
}
/** Collections of matches, groups and captures. */
class Collection {
  readonly type: ReturnType<typeof typeOf>;
  readonly items: readonly V[];
  readonly byName: (name: string) => V;
  constructor(name: string, items: readonly V[], byName: (name: string) => V = () => null) {
    this.type = typeOf(name);
    this.items = items;
    this.byName = byName;
  }
  elements(): Iterable<V> {
    return this.items;
  }
}
const groupsOf = (match: Match): Collection =>
  new Collection('GroupCollection', match.groups(), (name) => match.group(match.regex?.names.get(name) ?? -1));

const startOf = ({ isRightToLeft }: CompiledRegex, text: string): number => (isRightToLeft ? text.length : 0);
const matchOne = (regex: CompiledRegex, text: string, from: number, r: Runtime): Match => {
  if (from < 0 || from > text.length)
    raise('ArgumentOutOfRangeException', 'Start index cannot be less than 0 or greater than input length.');
  return new Match(regex, text, findMatch(regex, text, from, r));
};
function* eachMatch(regex: CompiledRegex, text: string, r: Runtime): Iterable<RegexMatch> {
  const step = regex.isRightToLeft ? -1 : 1;
  for (let at = startOf(regex, text); at >= 0 && at <= text.length; ) {
    r.step();
    const found = findMatch(regex, text, at, r);
    if (!found) return;
    yield found;
    const end = step === 1 ? found.index + found.length : found.index;
    at = found.length === 0 ? end + step : end;
  }
}
function all(regex: CompiledRegex, text: string, r: Runtime): Collection {
  const matches: Match[] = [];
  for (const found of eachMatch(regex, text, r)) {
    r.charge(64);
    matches.push(new Match(regex, text, found));
  }
  return new Collection('MatchCollection', matches);
}

/** `$1`, `${name}`, `$&` and the others of a replacement. */
function expand(replacement: string, regex: CompiledRegex, text: string, found: RegexMatch): string {
  const part = (number: number): string => {
    const span = found.captures.get(number)?.at(-1);
    return span ? text.slice(span.start, span.end) : '';
  };
  return replacement.replace(
    /\$(?:(\$)|(\d+)|\{(\w+)\}|(&)|(`)|(')|(\+)|(_))/g,
    (whole, dollar, digits, name, all, before, after, last) => {
      if (dollar !== undefined) return '$';
      if (digits !== undefined) return regex.numbers.includes(Number(digits)) ? part(Number(digits)) : whole;
      if (name !== undefined) {
        const number = regex.names.get(name);
        return number === undefined ? whole : part(number);
      }
      if (all !== undefined) return part(0);
      if (before !== undefined) return text.slice(0, found.index);
      if (after !== undefined) return text.slice(found.index + found.length);
      if (last !== undefined) return part(regex.numbers.at(-1) ?? 0);
      return text;
    },
  );
}
function replace(
  regex: CompiledRegex,
  text: string,
  by: string | ((match: Match) => V),
  r: Runtime,
  count = -1,
): string {
  if (count === 0) return text;
  const pieces: { readonly index: number; readonly length: number; readonly next: string }[] = [];
  for (const found of eachMatch(regex, text, r)) {
    const next =
      typeof by === 'string'
        ? by.includes('$')
          ? expand(by, regex, text, found)
          : by
        : (by(new Match(regex, text, found)) ?? '');
    r.charge(next.length);
    pieces.push({ index: found.index, length: found.length, next });
    if (pieces.length === count) break;
  }
  if (regex.isRightToLeft) pieces.reverse();
  let result = '';
  let last = 0;
  for (const { index, length, next } of pieces) {
    result += text.slice(last, index) + next;
    last = index + length;
  }
  r.charge(text.length);
  return result + text.slice(last);
}
function split(regex: CompiledRegex, text: string, r: Runtime, count = 0): Items {
  const parts: string[] = [];
  let last = 0;
  if (count !== 1)
    for (const found of eachMatch(regex, text, r)) {
      parts.push(text.slice(last, found.index));
      for (const number of regex.numbers.slice(1)) {
        const span = found.captures.get(number)?.at(-1);
        if (span) parts.push(text.slice(span.start, span.end));
      }
      last = found.index + found.length;
      r.charge(16);
      if (count > 0 && parts.length >= count - 1) break;
    }
  parts.push(text.slice(last));
  r.charge(text.length);
  return stringItems(parts);
}
function unescapePattern(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g, (whole, x, u, letter) => {
    if (x ?? u) return String.fromCharCode(Number.parseInt(x ?? u, 16));
    const simple: Readonly<Record<string, string>> = {
      n: '\n',
      r: '\r',
      t: '\t',
      f: '\f',
      v: '\v',
      a: '\x07',
      e: '\x1b',
      b: '\b',
    };
    return (
      simple[letter] ??
      (/\w/.test(letter) ? raise('ArgumentException', `Unrecognized escape sequence ${whole}.`) : letter)
    );
  });
}
const escapePattern = (text: string): string =>
  text.replace(
    /[\\*+?|{[()^$.# \t\n\r\f]/g,
    (c) => ({ '\t': '\\t', '\n': '\\n', '\r': '\\r', '\f': '\\f' })[c] ?? `\\${c}`,
  );

const make = (pattern: V, options = 0): CompiledRegex => compileRegex(given(pattern), options);
/** A method on a Regex, and its static twin that takes the pattern behind the text. */
type Use = (regex: CompiledRegex, text: string, args: readonly V[], r: Runtime) => V;
function twins(name: string, parameters: readonly string[], result: string, use: Use) {
  const list = ['string', ...parameters].join(',');
  const statics = ['string', 'string', ...parameters].join(',');
  const own: Implementation = (x, [text, ...rest], r) => use(x.compiled, given(text), rest, r);
  const shared: Implementation = (_s, [text, pattern, ...rest], r) =>
    use(make(pattern), given(text), rest.slice(0, parameters.length), r);
  const withOptions: Implementation = (_s, [text, pattern, ...rest], r) => {
    given(text);
    return use(make(pattern, rest[parameters.length]), text, rest.slice(0, parameters.length), r);
  };
  const withTimeout: Implementation = withOptions;
  return {
    members: { [`${name}(${list}):${result}`]: own },
    statics: {
      [`${name}(${statics}):${result}`]: shared,
      [`${name}(${statics},RegexOptions):${result}`]: withOptions,
      [`${name}(${statics},RegexOptions,TimeSpan):${result}`]: withTimeout,
    },
  };
}

export function defineRegex(): void {
  const uses = [
    twins('IsMatch', [], 'bool', (regex, text, _a, r) => findMatch(regex, text, startOf(regex, text), r) !== undefined),
    twins('Match', [], 'Match', (regex, text, _a, r) => matchOne(regex, text, startOf(regex, text), r)),
    twins('Matches', [], 'MatchCollection', (regex, text, _a, r) => all(regex, text, r)),
    twins('Replace', ['string'], 'string', (regex, text, [by], r) => replace(regex, text, given(by), r)),
    twins('Replace', ['MatchEvaluator'], 'string', (regex, text, [by], r) => replace(regex, text, given(by), r)),
    twins('Split', [], 'string[]', (regex, text, _a, r) => split(regex, text, r)),
  ];
  defineType({
    type: 'Regex',
    members: {
      'new(string)': (_s, [pattern]) => new Regex(make(pattern)),
      'new(string,RegexOptions)': (_s, [pattern, options]) => new Regex(make(pattern, options)),
      'new(string,RegexOptions,TimeSpan)': (_s, [pattern, options]) => new Regex(make(pattern, options)),
      ...Object.assign({}, ...uses.map(({ members }) => members)),
      'IsMatch(string,int):bool': (x, [text, at], r) => matchOne(x.compiled, given(text), at, r).found !== undefined,
      'Match(string,int):Match': (x, [text, at], r) => matchOne(x.compiled, given(text), at, r),
      'Replace(string,string,int):string': (x, [text, by, n], r) => replace(x.compiled, given(text), given(by), r, n),
      'Replace(string,MatchEvaluator,int):string': (x, [text, by, n], r) =>
        replace(x.compiled, given(text), given(by), r, n),
      'Split(string,int):string[]': (x, [text, n], r) => split(x.compiled, given(text), r, n),
      'Options:RegexOptions': (x) => x.compiled.options,
      'RightToLeft:bool': (x) => x.compiled.isRightToLeft,
      'GetGroupNames():string[]': (x) =>
        stringItems(
          groupsOf(new Match(x.compiled, '', undefined)).items.length > 0
            ? x.compiled.numbers.map((n: number) => new Match(x.compiled, '', undefined).group(n).name)
            : [],
        ),
      'GetGroupNumbers():int[]': (x) => new Items(typeOf('[]', [typeOf('int')]), [...x.compiled.numbers]),
      'ToString():string': (x) => x.compiled.pattern,
    },
    statics: {
      ...Object.assign({}, ...uses.map(({ statics }) => statics)),
      'Escape(string):string': (_s, [text]) => escapePattern(given(text)),
      'Unescape(string):string': (_s, [text]) => unescapePattern(given(text)),
    },
  });
  const capture: Record<string, Implementation> = {
    'Index:int': (c) => c.index,
    'Length:int': (c) => c.value.length,
    'Value:string': (c) => c.value,
    'ToString():string': (c) => c.value,
  };
  defineType({ type: 'Capture', members: capture });
  defineType({
    type: 'Group',
    bases: ['Capture'],
    members: {
      'Success:bool': (g) => (g instanceof Match ? g.found !== undefined : g.success),
      'Name:string': (g) => (g instanceof Match ? '0' : g.name),
      'Captures:CaptureCollection': (g) =>
        new Collection('CaptureCollection', g instanceof Match ? g.group(0).captures : g.captures),
    },
  });
  defineType({
    type: 'Match',
    bases: ['Group'],
    members: {
      'Groups:GroupCollection': groupsOf,
      'NextMatch():Match': (m: Match, _a, r) => {
        const { regex, found, text } = m;
        if (!regex || !found) return m;
        return matchOne(regex, text, Math.min(text.length, found.index + Math.max(found.length, 1)), r);
      },
      'Result(string):string': (m: Match, [replacement]) =>
        m.regex && m.found
          ? expand(given(replacement), m.regex, m.text, m.found)
          : raise('NotSupportedException', 'Result cannot be called on a failed Match.'),
    },
    statics: { 'Empty:Match': () => new Match(undefined, '', undefined) },
  });
  for (const [name, item] of [
    ['MatchCollection', 'Match'],
    ['GroupCollection', 'Group'],
    ['CaptureCollection', 'Capture'],
  ] as const)
    defineType({
      type: name,
      members: {
        'Count:int': (c) => c.items.length,
        [`this[int]:${item}`]: (c, [i]) =>
          c.items[i] ??
          (name === 'GroupCollection'
            ? new Group('', [], String(i))
            : raise('ArgumentOutOfRangeException', 'Specified argument was out of the range of valid values.')),
        ...(name === 'GroupCollection' ? { 'this[string]:Group': (c: V, [key]: V[]) => c.byName(key) } : {}),
      },
      // What .NET offers on a collection without element type.
      extensions: {
        'Cast<X>():IEnumerable<X>': (c, _a, _r, t) =>
          new Items(typeOf('[]', [t.get('X') ?? typeOf('object')]), [...given(c).items]),
        'OfType<X>():IEnumerable<X>': (c, _a, _r, t) =>
          new Items(typeOf('[]', [t.get('X') ?? typeOf('object')]), [...given(c).items]),
      },
    });
}
