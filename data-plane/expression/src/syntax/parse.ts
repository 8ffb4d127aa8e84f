import { Cursor } from './cursor.ts';
import { lex } from './lex.ts';
import { parseExpression } from './parse-expression.ts';
import { parseStatements } from './parse-statement.ts';
import { type Block, type Expression, SyntaxMistake } from './tree.ts';

/** `@(…)` → the expression, `@{…}` → the block. Throws SyntaxMistake. */
export function parseCSharp(text: string): Expression | Block {
  const opening = text.slice(0, 2);
  const isBlock = opening === '@{';
  if ((opening !== '@(' && !isBlock) || !text.endsWith(isBlock ? '}' : ')') || text.length < 3)
    throw new SyntaxMistake('An expression has the form @( … ) or @{ … }.', { start: 0, end: 1 });
  const c = new Cursor(lex(text, 2, text.length - 1));
  if (!isBlock) {
    const value = parseExpression(c);
    if (c.token.kind !== 'end') c.fail('The end of the expression was expected');
    return value;
  }
  const statements = parseStatements(c, () => false);
  return { kind: 'block', statements, start: 0, end: text.length };
}
