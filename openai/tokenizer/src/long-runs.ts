/** Longer runs without a break are cut: byte-pair merging of one run is quadratic in its length. */
const LONGEST_RUN = 2_000;
const PIECE = 500;
const longRun = new RegExp(
  [`\\p{L}{${LONGEST_RUN},}`, `[^\\s\\p{L}\\p{N}]{${LONGEST_RUN},}`, `\\s{${LONGEST_RUN},}`].join('|'),
  'gu',
);

/**
 * The text in parts that are encoded one after another. A text without a run of more than 2 000 letters, signs or
 * blanks is one part, so its tokens are exact; in a longer run a token may end at a seam (every 500 characters).
 */
export function partsOf(text: string): readonly string[] {
  if (text.length < LONGEST_RUN) return [text];
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(longRun)) {
    const end = match.index + match[0].length;
    let cut = match.index;
    while (end - cut > PIECE) {
      cut = characterBorder(text, cut + PIECE);
      parts.push(text.slice(start, cut));
      start = cut;
    }
  }
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

const characterBorder = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at + 1 : at;
};
