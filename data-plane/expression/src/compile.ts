import { Binder } from './bind/binder.ts';
import { type Bound, isPseudo, Mistake } from './bind/bound.ts';
import { bindExpression } from './bind/expressions.ts';
import { bindFunctionBlock } from './bind/statements.ts';
import {
  type CompiledExpression,
  type ExpressionBudget,
  type ExpressionDiagnostic,
  ExpressionError,
} from './csharp.ts';
import { BudgetExceeded, payingFor, Runtime } from './runtime.ts';
import { parseCSharp } from './syntax/parse.ts';
import { type Block, type Expression, SyntaxMistake } from './syntax/tree.ts';
import { isValueType, same, T } from './type/types.ts';
import { box } from './value/values.ts';

const longest = 100_000;

/** The passes: text → tree → bound tree with types → closures. Never throws for a user's text. */
export function compileExpression(text: string, budget: ExpressionBudget): CompiledExpression {
  if (text.length > longest)
    return refused([
      { code: 'csharp.syntax', message: `An expression has at most ${longest} characters.`, start: 0, length: 1 },
    ]);
  let tree: Expression | Block;
  try {
    tree = parseCSharp(text);
  } catch (error) {
    if (error instanceof RangeError) return refused([tooDeep]);
    if (!(error instanceof SyntaxMistake)) throw error;
    return refused([syntaxDiagnostic(error, text.length)]);
  }
  const bindingOrMistakes = bind(tree);
  if (Array.isArray(bindingOrMistakes)) return refused(bindingOrMistakes);
  const { binder, bound } = bindingOrMistakes;
  const { type, run } = bound;
  const { size } = binder.fn;
  const isBoxed = isValueType(type);
  return {
    diagnostics: [],
    needs: {
      requestBody: binder.needs.requestBody,
      responseBody: binder.seen.contextResponse && binder.seen.responseBody,
    },
    type: type.key,
    evaluate(context) {
      const runtime = new Runtime(context, size, budget);
      try {
        const value = payingFor(runtime, () => run(runtime));
        return isBoxed ? box(type, value) : (value ?? null);
      } catch (error) {
        // Deep recursion inside a tree of closures or of JSON is a use of too much memory, not a fault of the process.
        if (error instanceof RangeError) throw new BudgetExceeded('memory');
        throw error;
      }
    },
  };
}
function bind(tree: Expression | Block): { readonly binder: Binder; readonly bound: Bound } | ExpressionDiagnostic[] {
  let binder: Binder | undefined;
  try {
    binder = new Binder(tree);
    const bound = bindRoot(binder, tree);
    return binder.diagnostics.length > 0 ? binder.diagnostics : { binder, bound };
  } catch (error) {
    if (error instanceof RangeError) return [tooDeep];
    if (!(error instanceof Mistake)) throw error;
    return [...(binder?.diagnostics ?? []), error.diagnostic];
  }
}
const tooDeep: ExpressionDiagnostic = {
  code: 'csharp.syntax',
  message: 'The C# is nested too deeply.',
  start: 0,
  length: 1,
};

function bindRoot(b: Binder, tree: Expression | Block): Bound {
  const { result, enter } = b.scoped(() => (tree.kind === 'block' ? bindBlockRoot(b, tree) : bindValueRoot(b, tree)));
  if (!enter) return result;
  return {
    ...result,
    run: (r) => {
      enter(r);
      return result.run(r);
    },
  };
}
function bindValueRoot(b: Binder, tree: Expression): Bound {
  const bound = bindExpression(b, tree);
  if (bound.type.name === 'void')
    b.fail(tree, 'type', 'The expression has no value: it calls something that returns nothing.');
  if (isPseudo(bound.type)) b.fail(tree, 'type', `A ${bound.type.key} is no value of an expression.`);
  return same(bound.type, T.null) ? { type: T.object, run: bound.run } : bound;
}
/** Each `return` keeps its own type: the result is an object. */
function bindBlockRoot(b: Binder, tree: Block): Bound {
  const bound = bindFunctionBlock(b, tree);
  if (bound.type.name === 'void') {
    if (b.diagnostics.length > 0) return bound;
    return b.fail({ start: 0, end: 1 }, 'type', 'Not all code paths return a value: `return` was expected.');
  }
  return same(bound.type, T.null) ? { type: T.object, run: bound.run } : bound;
}

function syntaxDiagnostic({ message, span }: SyntaxMistake, length: number): ExpressionDiagnostic {
  const start = Math.min(Math.max(0, span.start), Math.max(0, length - 1));
  return { code: 'csharp.syntax', message, start, length: Math.max(1, Math.min(span.end, length) - start) };
}

function refused(diagnostics: readonly ExpressionDiagnostic[]): CompiledExpression {
  const message = diagnostics[0]?.message ?? 'The expression does not compile.';
  return {
    diagnostics,
    needs: { requestBody: false, responseBody: false },
    type: 'object',
    evaluate: () => {
      throw new ExpressionError('Vigia.NotCompiled', message);
    },
  };
}
