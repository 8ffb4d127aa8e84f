import { raise } from '../value/values.ts';
import {
  asciiDigit,
  asciiSpace,
  asciiWord,
  CharacterSet,
  category,
  digit,
  foldedTest,
  space,
  word,
} from './character-set.ts';
import { regexOptions as option, type ParsedRegex, type RegexNode } from './syntax.ts';

type Test = (code: number) => boolean;
const not =
  (test: Test): Test =>
  (code) =>
    !test(code);
const empty: RegexNode = { kind: 'empty' };
const infinite = Number.MAX_SAFE_INTEGER;

/** Throws ArgumentException, as .NET does for a pattern that is not well-formed. */
export function parseRegex(pattern: string, options: number): ParsedRegex {
  const names = groupNames(pattern, options);
  const parser = new RegexParser(pattern, options, names);
  return { root: parser.whole(), numbers: names.numbers, names: names.byName };
}

interface GroupNames {
  readonly numbers: readonly number[];
  readonly byName: ReadonlyMap<string, number>;
  /** Place of `(` in the pattern → number of an unnamed group. */
  readonly unnamed: ReadonlyMap<number, number>;
}
/** Goes over the pattern once: unnamed groups are numbered first, named ones after them. */
function groupNames(pattern: string, options: number): GroupNames {
  const unnamed = new Map<number, number>();
  const named: string[] = [];
  const given = new Set<number>([0]);
  let last = 0;
  const stack: number[] = [];
  let current = options;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '\\') i++;
    else if (character === '[') i = skipSet(pattern, i);
    else if (character === '#' && current & option.ignoreWhitespace) {
      while (i < pattern.length && pattern[i] !== '\n') i++;
    } else if (character === '(') {
      stack.push(current);
      if (pattern[i + 1] !== '?') {
        const isTest = pattern.slice(i - 2, i) === '(?';
        if (!(current & option.explicitCapture) && !isTest) unnamed.set(i, ++last);
        continue;
      }
      if (pattern[i + 2] === '#') {
        while (i < pattern.length && pattern[i] !== ')') i++;
        stack.pop();
        continue;
      }
      const name = /^\(\?(?:<([A-Za-z_]\w*|\d+)(?:-\w*)?>|'([A-Za-z_]\w*|\d+)(?:-\w*)?')/.exec(pattern.slice(i));
      const text = name?.[1] ?? name?.[2];
      if (text !== undefined) {
        if (/^\d/.test(text)) given.add(Number(text));
        else if (!named.includes(text)) named.push(text);
      }
      const inline = /^\(\?([imnsx]*)(?:-([imnsx]*))?([):])/.exec(pattern.slice(i));
      if (inline) {
        current = withOptions(current, inline[1] ?? '', inline[2] ?? '');
        if (inline[3] === ')') {
          stack.pop();
          i += inline[0].length - 1;
        }
      }
    } else if (character === ')') current = stack.pop() ?? options;
  }
  // Unnamed groups step aside for numbers that are given.
  let next = 0;
  const taken = new Set([...given].filter((number) => number > 0));
  for (const place of unnamed.keys()) {
    do next++;
    while (taken.has(next));
    unnamed.set(place, next);
    given.add(next);
  }
  const byName = new Map<string, number>();
  let free = 1;
  for (const name of named) {
    while (given.has(free)) free++;
    given.add(free);
    byName.set(name, free);
  }
  for (const number of given) byName.set(String(number), number);
  return { numbers: [...given].sort((a, b) => a - b), byName, unnamed };
}
function skipSet(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    if (pattern[i] === '\\') i++;
    else if (pattern[i] === '[' && pattern[i - 1] === '-') i = skipSet(pattern, i);
  }
  return i;
}
const letters: Readonly<Record<string, number>> = {
  i: option.ignoreCase,
  m: option.multiline,
  n: option.explicitCapture,
  s: option.singleline,
  x: option.ignoreWhitespace,
};
function withOptions(options: number, on: string, off: string): number {
  let result = options;
  for (const letter of on) result |= letters[letter] ?? 0;
  for (const letter of off) result &= ~(letters[letter] ?? 0);
  return result;
}

class RegexParser {
  readonly #pattern: string;
  readonly #groups: GroupNames;
  #options: number;
  #at = 0;
  #depth = 0;
  constructor(pattern: string, options: number, groups: GroupNames) {
    this.#pattern = pattern;
    this.#options = options;
    this.#groups = groups;
  }
  #fail(message: string): never {
    return raise('ArgumentException', `parsing "${this.#pattern}" - ${message}`);
  }
  #has(flag: number): boolean {
    return (this.#options & flag) !== 0;
  }
  whole(): RegexNode {
    const root = this.#either();
    if (this.#at < this.#pattern.length) this.#fail("Too many )'s.");
    return root;
  }
  #either(): RegexNode {
    if (++this.#depth > 200) this.#fail('The pattern is nested too deeply.');
    const before = this.#options;
    const items = [this.#sequence()];
    while (this.#pattern[this.#at] === '|') {
      this.#at++;
      items.push(this.#sequence());
    }
    this.#options = before;
    this.#depth--;
    const [only] = items;
    return items.length === 1 && only ? only : { kind: 'either', items };
  }
  #sequence(): RegexNode {
    const items: RegexNode[] = [];
    for (;;) {
      this.#skipBlank();
      const character = this.#pattern[this.#at];
      if (character === undefined || character === '|' || character === ')') break;
      const start = this.#at;
      const item = this.#atom();
      if (item === undefined) continue;
      items.push(this.#quantified(item, start));
    }
    const [only] = items;
    return items.length === 1 && only ? only : { kind: 'sequence', items };
  }
  /** White space and comments of the mode x, and `(?#…)`. */
  #skipBlank(): void {
    for (;;) {
      if (this.#pattern.startsWith('(?#', this.#at)) {
        const close = this.#pattern.indexOf(')', this.#at);
        if (close < 0) this.#fail('Unterminated (?#...) comment.');
        this.#at = close + 1;
      } else if (this.#has(option.ignoreWhitespace) && /\s/.test(this.#pattern[this.#at] ?? '')) this.#at++;
      else if (this.#has(option.ignoreWhitespace) && this.#pattern[this.#at] === '#') {
        const end = this.#pattern.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#pattern.length : end + 1;
      } else return;
    }
  }
  #quantified(item: RegexNode, _start: number): RegexNode {
    this.#skipBlank();
    const bounds = this.#bounds();
    if (!bounds) return item;
    const [min, max] = bounds;
    if (max < min) this.#fail('Illegal {x,y} with x > y.');
    this.#skipBlank();
    const isLazy = this.#pattern[this.#at] === '?';
    if (isLazy) this.#at++;
    this.#skipBlank();
    const after = this.#at;
    if (this.#bounds()) this.#fail(`Nested quantifier ${this.#pattern[after]}.`);
    return { kind: 'loop', inner: item, min, max, isLazy };
  }
  #bounds(): readonly [number, number] | undefined {
    const character = this.#pattern[this.#at];
    const simple = ({ '*': [0, infinite], '+': [1, infinite], '?': [0, 1] } as const)[character ?? ''];
    if (simple) {
      this.#at++;
      return simple;
    }
    const counted = /\{(\d+)(?:(,)(\d*))?\}/y;
    counted.lastIndex = this.#at;
    const found = counted.exec(this.#pattern);
    if (!found) return undefined;
    this.#at += found[0].length;
    const min = Number(found[1]);
    return [min, found[2] === undefined ? min : found[3] === '' ? infinite : Number(found[3])];
  }
  #set(test: Test): RegexNode {
    return { kind: 'set', set: new CharacterSet(this.#has(option.ignoreCase) ? foldedTest(test) : test) };
  }
  #character(code: number): RegexNode {
    return this.#set((other) => other === code);
  }
  #atom(): RegexNode | undefined {
    const character = this.#pattern[this.#at] ?? '';
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        this.#at++;
        return this.#set(this.#class());
      case '.':
        this.#at++;
        return {
          kind: 'set',
          set: new CharacterSet(this.#has(option.singleline) ? () => true : (code) => code !== 10),
        };
      case '^':
        this.#at++;
        return { kind: 'assertion', test: this.#has(option.multiline) ? 'lineStart' : 'start' };
      case '$':
        this.#at++;
        return { kind: 'assertion', test: this.#has(option.multiline) ? 'lineEnd' : 'lastEnd' };
      case '\\':
        this.#at++;
        return this.#escape();
      case '*':
      case '+':
      case '?':
        return this.#fail('Quantifier {x,y} following nothing.');
      case '{':
        if (/^\{\d+(,\d*)?\}/.test(this.#pattern.slice(this.#at))) this.#fail('Quantifier {x,y} following nothing.');
        break;
    }
    this.#at++;
    return this.#character(character.charCodeAt(0));
  }
  #group(): RegexNode | undefined {
    const start = this.#at;
    const rest = this.#pattern.slice(start);
    if (!rest.startsWith('(?')) {
      this.#at++;
      const inner = this.#closed();
      const number = this.#groups.unnamed.get(start);
      return number === undefined ? inner : { kind: 'group', inner, number };
    }
    const take = (length: number): void => {
      this.#at += length;
    };
    const look = /^\(\?(<?)([=!])/.exec(rest);
    if (look) {
      take(look[0].length);
      return { kind: 'look', inner: this.#closed(), isAhead: look[1] === '', isNegative: look[2] === '!' };
    }
    if (rest.startsWith('(?>')) {
      take(3);
      return { kind: 'atomic', inner: this.#closed() };
    }
    if (rest.startsWith('(?(')) return this.#condition();
    const named = /^\(\?(?:<(\w*)(?:-(\w+))?>|'(\w*)(?:-(\w+))?')/.exec(rest);
    if (named) {
      take(named[0].length);
      const [name = '', other] = named[1] === undefined ? [named[3], named[4]] : [named[1], named[2]];
      if (name === '' && other === undefined)
        this.#fail('Invalid group name: Group names must begin with a word character.');
      const inner = this.#closed();
      const number =
        name === '' ? -1 : (this.#groups.byName.get(name) ?? this.#fail(`Reference to undefined group name ${name}.`));
      if (other === undefined) return { kind: 'group', inner, number };
      const close = this.#groups.byName.get(other) ?? this.#fail(`Reference to undefined group name ${other}.`);
      return { kind: 'balance', inner, open: number, close };
    }
    const inline = /^\(\?([imnsx]*)(?:-([imnsx]*))?([):])/.exec(rest);
    if (!inline) return this.#fail('Unrecognized grouping construct.');
    take(inline[0].length);
    const options = withOptions(this.#options, inline[1] ?? '', inline[2] ?? '');
    if (inline[3] === ')') {
      // Holds to the end of the group around it.
      this.#options = options;
      return undefined;
    }
    const before = this.#options;
    this.#options = options;
    const inner = this.#closed();
    this.#options = before;
    return inner;
  }
  #closed(): RegexNode {
    const inner = this.#either();
    if (this.#pattern[this.#at] !== ')') this.#fail("Not enough )'s.");
    this.#at++;
    return inner;
  }
  /** `(?(name)yes|no)` and `(?(test)yes|no)`. */
  #condition(): RegexNode {
    const name = /^\(\?\((\w+)\)/.exec(this.#pattern.slice(this.#at));
    const number = name && this.#groups.byName.get(name[1] ?? '');
    let test: RegexNode | undefined;
    if (name && number !== undefined) this.#at += name[0].length;
    else {
      // `(?(?=a)…)` has a look of its own, `(?(a)…)` is one.
      const isLook = this.#pattern[this.#at + 3] === '?';
      this.#at += isLook ? 2 : 3;
      test = (isLook ? this.#group() : this.#closed()) ?? empty;
      if (test.kind !== 'look') test = { kind: 'look', inner: test, isAhead: true, isNegative: false };
    }
    const branches = this.#closed();
    const items = branches.kind === 'either' ? branches.items : [branches];
    if (items.length > 2) this.#fail('Too many | in (?()|).');
    const [yes = empty, no = empty] = items;
    return test ? { kind: 'ifLook', test, yes, no } : { kind: 'ifGroup', number: number ?? 0, yes, no };
  }
  #escape(): RegexNode {
    const letter = this.#pattern[this.#at];
    switch (letter) {
      case undefined:
        return this.#fail('Illegal \\ at end of pattern.');
      case 'b':
        this.#at++;
        return { kind: 'assertion', test: 'boundary' };
      case 'B':
        this.#at++;
        return { kind: 'assertion', test: 'noBoundary' };
      case 'A':
        this.#at++;
        return { kind: 'assertion', test: 'start' };
      case 'z':
        this.#at++;
        return { kind: 'assertion', test: 'end' };
      case 'Z':
        this.#at++;
        return { kind: 'assertion', test: 'lastEnd' };
      case 'G':
        this.#at++;
        return { kind: 'assertion', test: 'previousEnd' };
      case 'k': {
        const found = /^k(?:<(\w+)>|'(\w+)'|\{(\w+)\})/.exec(this.#pattern.slice(this.#at));
        if (!found) return this.#fail('Malformed \\k<...> named back reference.');
        this.#at += found[0].length;
        const name = found[1] ?? found[2] ?? found[3] ?? '';
        const number = this.#groups.byName.get(name) ?? this.#fail(`Reference to undefined group name ${name}.`);
        return { kind: 'reference', number, ignoresCase: this.#has(option.ignoreCase) };
      }
    }
    const reference = /^[1-9]\d*/.exec(this.#pattern.slice(this.#at))?.[0];
    if (reference !== undefined) {
      // As many digits as name a group; one digit always is a reference.
      for (let length = reference.length; length > 0; length--) {
        const number = Number(reference.slice(0, length));
        if (!this.#groups.numbers.includes(number)) continue;
        this.#at += length;
        return { kind: 'reference', number, ignoresCase: this.#has(option.ignoreCase) };
      }
      if (reference.length === 1 || /[89]/.test(reference[0] ?? ''))
        return this.#fail(`Reference to undefined group number ${reference[0]}.`);
    }
    const shorthand = this.#shorthand();
    return shorthand ? this.#set(shorthand) : this.#character(this.#characterEscape());
  }
  /** `\d`, `\w`, `\p{L}`, …; undefined where another escape stands. */
  #shorthand(): Test | undefined {
    const letter = this.#pattern[this.#at] ?? '';
    const ascii = this.#has(option.ecmaScript);
    const plain: Readonly<Record<string, Test>> = {
      d: ascii ? asciiDigit : digit,
      w: ascii ? asciiWord : word,
      s: ascii ? asciiSpace : space,
    };
    const test = plain[letter.toLowerCase()];
    if (test) {
      this.#at++;
      return letter === letter.toLowerCase() ? test : not(test);
    }
    if (letter !== 'p' && letter !== 'P') return undefined;
    const found = /^[pP]\{([\w-]+)\}/.exec(this.#pattern.slice(this.#at));
    if (!found) return this.#fail('Incomplete \\p{X} character escape.');
    const named = category(found[1] ?? '') ?? this.#fail(`Unknown property '${found[1]}'.`);
    this.#at += found[0].length;
    return letter === 'p' ? named : not(named);
  }
  /** The code unit of `\n`, `\x41`, `\u0041`, `\cA`, `\101`, `\.`. */
  #characterEscape(): number {
    const rest = this.#pattern.slice(this.#at);
    const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(rest);
    if (hex) {
      this.#at += hex[0].length;
      return Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    }
    const octal = /^[0-7]{1,3}/.exec(rest);
    if (octal) {
      this.#at += octal[0].length;
      return Number.parseInt(octal[0], 8) & 0xff;
    }
    const control = /^c([A-Za-z@[\\\]^_])/.exec(rest);
    if (control) {
      this.#at += 2;
      return (control[1] ?? '@').toUpperCase().charCodeAt(0) - 64;
    }
    const letter = rest[0] ?? this.#fail('Illegal \\ at end of pattern.');
    this.#at++;
    const simple: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };
    const code = simple[letter];
    if (code !== undefined) return code;
    if (/[xuc]/.test(letter)) this.#fail('Insufficient hexadecimal digits.');
    if (/\w/.test(letter)) this.#fail(`Unrecognized escape sequence \\${letter}.`);
    return letter.charCodeAt(0);
  }
  /** Behind `[`. */
  #class(): Test {
    const isNegated = this.#pattern[this.#at] === '^';
    if (isNegated) this.#at++;
    const ranges: [number, number][] = [];
    const tests: Test[] = [];
    let minus: Test | undefined;
    for (let isFirst = true; ; isFirst = false) {
      const character = this.#pattern[this.#at];
      if (character === undefined) return this.#fail('Unterminated [] set.');
      if (character === ']' && !isFirst) {
        this.#at++;
        break;
      }
      if (character === '-' && this.#pattern[this.#at + 1] === '[' && !isFirst) {
        this.#at += 2;
        minus = this.#class();
        if (this.#pattern[this.#at] !== ']') this.#fail('A subtraction must be the last element in a character class.');
        continue;
      }
      const posix = /^\[:\^?\w+:\]/.exec(this.#pattern.slice(this.#at));
      if (posix) this.#fail('Posix classes are not supported.');
      const low = this.#classCharacter();
      if (typeof low === 'function') {
        tests.push(low);
        continue;
      }
      if (
        this.#pattern[this.#at] === '-' &&
        this.#pattern[this.#at + 1] !== ']' &&
        this.#pattern[this.#at + 1] !== '[' &&
        this.#at + 1 < this.#pattern.length
      ) {
        this.#at++;
        const high = this.#classCharacter();
        if (typeof high === 'function') this.#fail('Cannot include class in character range.');
        if (typeof high === 'number' && high < low) this.#fail('[x-y] range in reverse order.');
        ranges.push([low, typeof high === 'number' ? high : low]);
      } else ranges.push([low, low]);
    }
    const any: Test = (code) =>
      ranges.some(([low, high]) => code >= low && code <= high) || tests.some((test) => test(code));
    const folded = this.#has(option.ignoreCase) ? foldedTest(any) : any;
    const own = isNegated ? not(folded) : folded;
    const taken = minus;
    return taken ? (code) => own(code) && !taken(code) : own;
  }
  #classCharacter(): number | Test {
    const character = this.#pattern[this.#at] ?? '';
    if (character !== '\\') {
      this.#at++;
      return character.charCodeAt(0);
    }
    this.#at++;
    return this.#shorthand() ?? this.#characterEscape();
  }
}
