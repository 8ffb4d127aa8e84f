/** Says whether a code unit is in the set; the first 256 are looked up in a table. */
export class CharacterSet {
  readonly #table = new Uint8Array(256);
  readonly #test: (code: number) => boolean;
  constructor(test: (code: number) => boolean) {
    this.#test = test;
    for (let code = 0; code < 256; code++) this.#table[code] = test(code) ? 1 : 0;
  }
  has(code: number): boolean {
    return code < 256 ? this.#table[code] === 1 : this.#test(code);
  }
}
const byPattern =
  (pattern: RegExp) =>
  (code: number): boolean =>
    pattern.test(String.fromCharCode(code));

export const digit = byPattern(/\p{Nd}/u);
export const word = byPattern(/[\p{L}\p{Mn}\p{Nd}\p{Pc}\u200c\u200d]/u);
export const space = byPattern(/[\f\n\r\t\v\x85\p{Z}]/u);
export const asciiDigit = (code: number): boolean => code >= 48 && code <= 57;
export const asciiWord = byPattern(/[A-Za-z0-9_]/);
export const asciiSpace = byPattern(/[\f\n\r\t\v ]/);
export const wordSet = new CharacterSet(word);

/** `\p{Lu}`, `\p{IsGreek}`; undefined where there is no such class. */
export function category(name: string): ((code: number) => boolean) | undefined {
  const block = blocks[name];
  if (block) return (code) => code >= block[0] && code <= block[1];
  if (!/^(L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|S[mcko]?|Z[slp]?|C[cfson]?)$/.test(name)) return undefined;
  return byPattern(new RegExp(`\\p{${name}}`, 'u'));
}
const blocks: Readonly<Record<string, readonly [number, number]>> = {
  IsBasicLatin: [0x0000, 0x007f],
  'IsLatin-1Supplement': [0x0080, 0x00ff],
  'IsLatinExtended-A': [0x0100, 0x017f],
  'IsLatinExtended-B': [0x0180, 0x024f],
  IsIPAExtensions: [0x0250, 0x02af],
  IsCombiningDiacriticalMarks: [0x0300, 0x036f],
  IsGreek: [0x0370, 0x03ff],
  IsGreekandCoptic: [0x0370, 0x03ff],
  IsCyrillic: [0x0400, 0x04ff],
  IsArmenian: [0x0530, 0x058f],
  IsHebrew: [0x0590, 0x05ff],
  IsArabic: [0x0600, 0x06ff],
  IsDevanagari: [0x0900, 0x097f],
  IsThai: [0x0e00, 0x0e7f],
  IsGeneralPunctuation: [0x2000, 0x206f],
  IsCurrencySymbols: [0x20a0, 0x20cf],
  IsLetterlikeSymbols: [0x2100, 0x214f],
  IsArrows: [0x2190, 0x21ff],
  IsMathematicalOperators: [0x2200, 0x22ff],
  IsHiragana: [0x3040, 0x309f],
  IsKatakana: [0x30a0, 0x30ff],
  IsCJKUnifiedIdeographs: [0x4e00, 0x9fff],
  IsHangulSyllables: [0xac00, 0xd7af],
};

/** Either case of a letter is in the set. */
export const foldedTest =
  (test: (code: number) => boolean) =>
  (code: number): boolean => {
    if (test(code)) return true;
    const text = String.fromCharCode(code);
    const [lower, upper] = [text.toLowerCase(), text.toUpperCase()];
    return (lower.length === 1 && test(lower.charCodeAt(0))) || (upper.length === 1 && test(upper.charCodeAt(0)));
  };
