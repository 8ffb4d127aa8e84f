import type { EncodingName } from './encoding-of.ts';
import { partsOf } from './long-runs.ts';

/** Text ⇄ token ids of one encoding. Special tokens in a text (`<|endoftext|>`) are text. */
export interface Encoding {
  readonly name: EncodingName;
  encode(text: string): number[];
  decode(tokens: readonly number[]): string;
  count(text: string): number;
  /**
   * What a stream sends a token at a time. A token that ends inside a character waits for the next, so `tokens` may
   * be more than 1 and the texts joined are the text.
   */
  pieces(text: string): { readonly text: string; readonly tokens: number }[];
}

/** What we use of a module `gpt-tokenizer/encoding/…` and of its list of tokens. */
interface Engine {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
  countTokens(text: string, options: { disallowedSpecial: Set<string> }): number;
}
/** By id: the token's text, or its bytes where they are no whole characters. */
type TokenList = readonly (string | readonly number[] | undefined)[];

const engines: Readonly<Record<EncodingName, () => Promise<readonly [Engine, { readonly default: TokenList }]>>> = {
  cl100k_base: () =>
    Promise.all([import('gpt-tokenizer/encoding/cl100k_base'), import('gpt-tokenizer/bpeRanks/cl100k_base')]),
  o200k_base: () =>
    Promise.all([import('gpt-tokenizer/encoding/o200k_base'), import('gpt-tokenizer/bpeRanks/o200k_base')]),
};

const opened = new Map<EncodingName, Promise<Encoding>>();

/** Loads an encoding once a process (cl100k about 0.2 s, o200k 0.4 s); later calls get the same one. */
export function openEncoding(name: EncodingName): Promise<Encoding> {
  let encoding = opened.get(name);
  if (encoding === undefined) {
    encoding = engines[name]().then(([engine, list]) => encodingFrom(name, engine, list.default));
    opened.set(name, encoding);
  }
  return encoding;
}

function encodingFrom(name: EncodingName, engine: Engine, list: TokenList): Encoding {
  const options = { disallowedSpecial: new Set<string>() };
  const encode = (text: string): number[] => {
    const parts = partsOf(text);
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return engine.encode(only, options);
    return parts.flatMap((part) => engine.encode(part, options));
  };
  const count = (text: string): number => {
    let sum = 0;
    for (const part of partsOf(text)) sum += engine.countTokens(part, options);
    return sum;
  };
  // Not the library's own decode: its decoder is one a process, and keeps the bytes of a text that ends inside a
  // character for the next text.
  const bytesOf = (token: number): Uint8Array => {
    const found = list[token];
    if (found === undefined) throw new RangeError(`${name} has no token ${token}`);
    return typeof found === 'string' ? Buffer.from(found, 'utf8') : Uint8Array.from(found);
  };
  const decode = (tokens: readonly number[]): string => Buffer.concat(tokens.map(bytesOf)).toString('utf8');
  const pieces = (text: string): { text: string; tokens: number }[] => {
    const found: { text: string; tokens: number }[] = [];
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let tokens = 0;
    for (const token of encode(text)) {
      const piece = decoder.decode(bytesOf(token), { stream: true });
      tokens += 1;
      if (piece === '') continue;
      found.push({ text: piece, tokens });
      tokens = 0;
    }
    const rest = decoder.decode();
    if (rest !== '' || tokens > 0) found.push({ text: rest, tokens });
    return found;
  };
  return { name, encode, decode, count, pieces };
}
