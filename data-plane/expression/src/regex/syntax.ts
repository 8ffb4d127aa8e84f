import type { CharacterSet } from './character-set.ts';

/** A regular expression of .NET as a tree. */
export type RegexNode =
  | { readonly kind: 'empty' }
  /** Never matches. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly items: readonly RegexNode[] }
  | { readonly kind: 'either'; readonly items: readonly RegexNode[] }
  | {
      readonly kind: 'loop';
      readonly inner: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    }
  | { readonly kind: 'group'; readonly inner: RegexNode; readonly number: number }
  /** `(?<open-close>…)`: takes the last capture of `close` away. */
  | { readonly kind: 'balance'; readonly inner: RegexNode; readonly open: number; readonly close: number }
  | { readonly kind: 'atomic'; readonly inner: RegexNode }
  | { readonly kind: 'look'; readonly inner: RegexNode; readonly isAhead: boolean; readonly isNegative: boolean }
  | { readonly kind: 'reference'; readonly number: number; readonly ignoresCase: boolean }
  | { readonly kind: 'assertion'; readonly test: Assertion }
  | { readonly kind: 'ifGroup'; readonly number: number; readonly yes: RegexNode; readonly no: RegexNode }
  | { readonly kind: 'ifLook'; readonly test: RegexNode; readonly yes: RegexNode; readonly no: RegexNode };

export type Assertion =
  | 'start'
  | 'lineStart'
  | 'end'
  | 'lineEnd'
  | 'lastEnd'
  | 'boundary'
  | 'noBoundary'
  | 'previousEnd';

export interface ParsedRegex {
  readonly root: RegexNode;
  /** Numbers of the groups in order, 0 first; unnamed ones come before named ones. */
  readonly numbers: readonly number[];
  readonly names: ReadonlyMap<string, number>;
}
export const regexOptions = {
  ignoreCase: 1,
  multiline: 2,
  explicitCapture: 4,
  singleline: 16,
  ignoreWhitespace: 32,
  rightToLeft: 64,
  ecmaScript: 256,
} as const;
