const collator = new Intl.Collator('en', { ignorePunctuation: false });
const caseless = new Intl.Collator('en', { ignorePunctuation: false, sensitivity: 'accent' });

const sign = (order: number): number => (order < 0 ? -1 : order > 0 ? 1 : 0);
/** Order of the invariant culture. */
export const compareCulture = (a: string, b: string): number => sign(collator.compare(a, b));
export const compareOrdinal = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};
/** Upper case by character: no letter becomes two. */
export const foldCase = (text: string): string => {
  const upper = text.toUpperCase();
  if (upper.length === text.length) return upper;
  let result = '';
  for (const character of text) {
    const folded = character.toUpperCase();
    result += folded.length === character.length ? folded : character;
  }
  return result;
};
export const lowerCase = (text: string): string => {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  let result = '';
  for (const character of text) {
    const folded = character.toLowerCase();
    result += folded.length === character.length ? folded : character;
  }
  return result;
};
export const ignoresCase = (comparison: number): boolean => comparison % 2 === 1;
export const isOrdinal = (comparison: number): boolean => comparison >= 4;
/** By StringComparison. */
export function compareBy(a: string | null, b: string | null, comparison: number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (isOrdinal(comparison))
    return ignoresCase(comparison) ? compareOrdinal(foldCase(a), foldCase(b)) : compareOrdinal(a, b);
  return ignoresCase(comparison) ? sign(caseless.compare(a, b)) : compareCulture(a, b);
}
export function equalBy(a: string | null, b: string | null, comparison: number): boolean {
  if (a === null || b === null || a === b) return a === b;
  return ignoresCase(comparison) && foldCase(a) === foldCase(b);
}
