import type { Random } from './random.ts';

/** Repeats of `*`, `+` and `{n,}` beyond the least. */
const MORE = 3;
const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
const classes: Readonly<Record<string, readonly string[]>> = {
  d: [...'0123456789'],
  w: [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'],
  s: [' '],
};
const not = (letters: readonly string[]) => printable.filter((letter) => !letters.includes(letter));

/**
 * A text that matches a regular expression of the usual kind: letters, classes, groups, alternatives, repeats and
 * anchors. undefined where the pattern has more than that (look-around, back references, properties).
 */
export function sampleOf(pattern: string, random: Random): string | undefined {
  let at = 0;
  const isAt = (text: string) => pattern.startsWith(text, at);
  const one = (letters: readonly string[]) => letters[Math.floor(random.next() * letters.length)];

  function alternatives(): string | undefined {
    const options: (string | undefined)[] = [sequence()];
    while (isAt('|')) {
      at += 1;
      options.push(sequence());
    }
    return options.includes(undefined) ? undefined : options[Math.floor(random.next() * options.length)];
  }

  function sequence(): string | undefined {
    let text = '';
    while (at < pattern.length && !isAt('|') && !isAt(')')) {
      const start = at;
      const first = atom();
      const end = at;
      const times = repeats();
      if (first === undefined || times === undefined) return undefined;
      const after = at;
      for (let turn = 0; turn < times; turn += 1) {
        // Read again for each repeat, so that letters of a class differ.
        at = start;
        text += turn === 0 ? first : (atom() ?? '');
        at = end;
      }
      at = after;
    }
    return text;
  }

  function repeats(): number | undefined {
    const counts = /^(?:\*|\+|\?|\{(\d+)(,)?(\d*)\})/.exec(pattern.slice(at, at + 20));
    if (counts === null) return 1;
    at += counts[0].length;
    if (isAt('?')) at += 1;
    const [sign, least, comma, most] = counts;
    if (sign === '?') return random.next() < 0.5 ? 0 : 1;
    if (sign === '*') return Math.floor(random.next() * MORE);
    if (sign === '+') return 1 + Math.floor(random.next() * MORE);
    const from = Number(least);
    if (from > 10_000) return undefined;
    return comma === undefined || most === ''
      ? from
      : from + Math.floor(random.next() * (Math.min(Number(most), from + 8) - from + 1));
  }

  function atom(): string | undefined {
    const letter = pattern[at] ?? '';
    if (letter === '(') {
      at += 1;
      if (isAt('?')) {
        const name = /^\?(?::|<[A-Za-z]\w*>)/.exec(pattern.slice(at, at + 40))?.[0];
        if (name === undefined) return undefined;
        at += name.length;
      }
      const inner = alternatives();
      at += 1;
      return inner;
    }
    if (letter === '[') return one(set());
    if (letter === '^' || letter === '$') {
      at += 1;
      return '';
    }
    if (letter === '.') {
      at += 1;
      return one(classes['w'] ?? []);
    }
    if (letter === '\\') {
      const letters = escaped();
      return letters === undefined ? undefined : letters.length === 0 ? '' : one(letters);
    }
    const point = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
    at += point.length;
    return point;
  }

  /** After a backslash: the letters it stands for; undefined: not one of the usual kind. */
  function escaped(): readonly string[] | undefined {
    const letter = pattern[at + 1] ?? '';
    at += 2;
    if (letter === 'b' || letter === 'B') return [];
    if (/[dws]/.test(letter)) return classes[letter];
    if (/[DWS]/.test(letter)) return not(classes[letter.toLowerCase()] ?? []);
    if (letter === 't' || letter === 'n' || letter === 'r') return [{ t: '\t', n: '\n', r: '\r' }[letter]];
    return /[A-Za-z0-9]/.test(letter) ? undefined : [letter];
  }

  function set(): readonly string[] {
    at += 1;
    const isNegated = isAt('^');
    if (isNegated) at += 1;
    const letters: string[] = [];
    while (at < pattern.length && !isAt(']')) {
      if (isAt('\\')) {
        letters.push(...(escaped() ?? []));
        continue;
      }
      const from = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
      at += from.length;
      if (isAt('-') && pattern[at + 1] !== ']' && pattern[at + 1] !== '\\') {
        at += 1;
        const to = String.fromCodePoint(pattern.codePointAt(at) ?? 0);
        at += to.length;
        const last = Math.min(to.codePointAt(0) ?? 0, (from.codePointAt(0) ?? 0) + 200);
        for (let code = from.codePointAt(0) ?? 0; code <= last; code += 1) letters.push(String.fromCodePoint(code));
      } else letters.push(from);
    }
    at += 1;
    return isNegated ? not(letters) : letters;
  }

  const text = alternatives();
  return at < pattern.length ? undefined : text;
}
