/**
 * Text → unit vector by hashing words, pairs of words and groups of letters into places. The same text gives the same
 * vector on every machine; it measures shared wording, not meaning.
 */
const weights = { word: 1, pair: 0.6, letters: 0.35 };
/** Places that one feature touches; several make chance collisions weigh less. */
const SPREAD = 4;

export function embed(text: string, options: { readonly dimensions: number; readonly keep: number }): Float32Array {
  const vector = new Float64Array(options.dimensions);
  const words = text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [text];
  let before: string | undefined;
  for (const word of words) {
    add(vector, `w:${word}`, weights.word);
    if (before !== undefined) add(vector, `p:${before} ${word}`, weights.pair);
    before = word;
    const framed = `<${word}>`;
    for (let at = 0; at + 3 <= framed.length; at += 1) {
      add(vector, `c:${framed.slice(at, at + 3)}`, weights.letters / Math.sqrt(framed.length));
    }
  }
  return unit(vector.subarray(0, options.keep));
}

function add(vector: Float64Array, feature: string, weight: number): void {
  let hash = 0x811c9dc5;
  for (let index = 0; index < feature.length; index += 1) {
    hash = Math.imul(hash ^ feature.charCodeAt(index), 0x01000193);
  }
  for (let turn = 0; turn < SPREAD; turn += 1) {
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    hash ^= hash >>> 15;
    const place = (hash >>> 1) % vector.length;
    vector[place] = (vector[place] ?? 0) + ((hash & 1) === 1 ? weight : -weight);
  }
}

function unit(vector: Float64Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const result = new Float32Array(vector.length);
  if (sum === 0) {
    result[0] = 1;
    return result;
  }
  const length = Math.sqrt(sum);
  vector.forEach((value, index) => {
    result[index] = value / length;
  });
  return result;
}
