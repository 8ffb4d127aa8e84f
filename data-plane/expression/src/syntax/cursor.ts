import type { Token } from './lex.ts';
import { type Span, SyntaxMistake } from './tree.ts';

/** A place in a list of tokens; parsers move it, and put it back where a guess was wrong. */
export class Cursor {
  readonly tokens: readonly Token[];
  at = 0;
  /** Nesting of expressions and statements: a bound keeps hostile texts from overflowing the stack. */
  depth = 0;
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }
  get token(): Token {
    return this.peek(0);
  }
  peek(distance: number): Token {
    const token = this.tokens[Math.min(this.at + distance, this.tokens.length - 1)];
    if (!token) throw new Error('A list of tokens ends with `end`.');
    return token;
  }
  /** Whether the next token is that mark or keyword. */
  is(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.text === text && (token.kind === 'mark' || token.kind === 'keyword');
  }
  /** A word that is a keyword only in some places: `var`, `from`, `when`. */
  isWord(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.text === text && token.kind === 'name';
  }
  take(): Token {
    const { token } = this;
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }
  expect(text: string): Token {
    return this.is(text) ? this.take() : this.fail(`'${text}' was expected`);
  }
  expectWord(text: string): void {
    if (!this.isWord(text)) this.fail(`'${text}' was expected`);
    this.take();
  }
  name(): Token {
    return this.token.kind === 'name' ? this.take() : this.fail('A name was expected');
  }
  fail(what: string): never {
    const { token } = this;
    const found = token.kind === 'end' ? 'the end' : token.kind === 'string' ? 'a text' : `'${token.text}'`;
    throw new SyntaxMistake(`${what}; ${found} was found.`, token);
  }
  spanFrom(start: number): Span {
    return { start, end: this.tokens[this.at - 1]?.end ?? start };
  }
  /** Runs a parser that may be wrong; undefined, and the place as it was, if it is. */
  attempt<R>(parse: () => R | undefined): R | undefined {
    const { at, depth } = this;
    try {
      const result = parse();
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof SyntaxMistake)) throw error;
    }
    this.at = at;
    this.depth = depth;
    return undefined;
  }
  nested<R>(parse: () => R): R {
    if (++this.depth > 200) this.fail('The C# is nested too deeply here');
    const result = parse();
    this.depth--;
    return result;
  }
}
