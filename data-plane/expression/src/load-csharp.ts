import { compileExpression } from './compile.ts';
import type { CSharp, ExpressionBudget } from './csharp.ts';
import { defineMembers } from './define-members.ts';

/** Enough for every public document by two orders of magnitude; a hostile one ends within a blink. */
const defaultBudget: ExpressionBudget = { steps: 2_000_000, memory: 64 * 1024 * 1024, time: 2_000 };

/** The compiler of expressions; its tables are filled once a process. */
export async function loadCSharp(options: { readonly budget?: ExpressionBudget } = {}): Promise<CSharp> {
  defineMembers();
  const budget = options.budget ?? defaultBudget;
  return { compile: (text) => compileExpression(text, budget) };
}
