/** One value that is not as it was expected. */
export interface Difference {
  /** `response.headers.Retry-After`. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * What a test may say of a value: the value itself; `null` (there is none); `{ matches: … }` (a regular expression),
 * `{ contains: … }` (a part of a text, or keys and values of JSON), `{ equals: … }` (also of an object with these words).
 *
 * @param found a text, a number, a boolean, or undefined. Where JSON is expected, a text is read as JSON.
 */
export function compareValue(path: string, expected: unknown, found: unknown): readonly Difference[] {
  const differs = (text: string): readonly Difference[] => [{ path, expected: text, found: shown(found) }];
  if (expected === null) return found === undefined || found === null ? [] : differs('none');
  const operator = operatorOf(expected);
  if (operator?.name === 'matches') {
    const pattern = patternOf(String(operator.value));
    if (!pattern) return differs(`a regular expression, which '${String(operator.value)}' is not`);
    return found !== undefined && pattern.test(textOf(found)) ? [] : differs(`a text that matches ${pattern.source}`);
  }
  if (operator?.name === 'contains') {
    const { value } = operator;
    const isPart =
      typeof value === 'object'
        ? isSubset(value, jsonOf(found))
        : found !== undefined && textOf(found).includes(String(value));
    return isPart ? [] : differs(`contains ${shown(value)}`);
  }
  const wanted = operator ? operator.value : expected;
  return isEqual(wanted, found) ? [] : differs(shown(wanted));
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 's');
  } catch {
    // Told as a difference: it is the test's own text.
    return undefined;
  }
}

const operators = ['matches', 'contains', 'equals'] as const;

function operatorOf(
  expected: unknown,
): { readonly name: (typeof operators)[number]; readonly value: unknown } | undefined {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return undefined;
  const [entry, more] = Object.entries(expected);
  const name = operators.find((one) => one === entry?.[0]);
  return name === undefined || more !== undefined ? undefined : { name, value: entry?.[1] };
}

function isEqual(wanted: unknown, found: unknown): boolean {
  if (typeof wanted === 'object') return isSame(wanted, jsonOf(found));
  if (found === undefined || found === null) return false;
  if (typeof wanted === 'number' && typeof found === 'string') return found.trim() !== '' && Number(found) === wanted;
  if (typeof wanted === 'boolean' && typeof found === 'string') return found.toLowerCase() === String(wanted);
  return textOf(wanted) === textOf(found);
}

/** What a text holds as JSON; undefined where it is none. */
function jsonOf(found: unknown): unknown {
  if (typeof found !== 'string') return found;
  try {
    return JSON.parse(found);
  } catch {
    // Not JSON is a difference, which the caller tells with the text.
    return undefined;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return left.length === Object.keys(right).length && left.every(([key, value]) => isSame(value, right[key]));
}

function isSubset(part: unknown, whole: unknown): boolean {
  if (typeof part !== 'object' || part === null) return isSame(part, whole);
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((one) => isSubset(item, one)));
  }
  if (typeof whole !== 'object' || whole === null) return false;
  return Object.entries(part).every(([key, value]) =>
    isSubset(value, (whole as Readonly<Record<string, unknown>>)[key]),
  );
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A value as a report shows it. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  const text = JSON.stringify(value);
  return text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
}
