import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { Binder } from './binder.ts';
import {
  type CompiledExpression,
  type CSharp,
  type ExpressionBudget,
  type ExpressionDiagnostic,
  ExpressionError,
} from './csharp.ts';
import { defineCollections } from './members-collections.ts';
import { defineContext } from './members-context.ts';
import { defineJson } from './members-json.ts';
import { defineSystem } from './members-system.ts';
import { BudgetExceeded, Runtime } from './runtime.ts';
import { box, type V } from './values.ts';

/** Enough for every public document by two orders of magnitude; a hostile one ends within a blink. */
const defaultBudget: ExpressionBudget = { steps: 2_000_000, memory: 64 * 1024 * 1024, time: 2_000 };
const prefixes = { '(': 'object __() { return (', '{': 'object __() {' } as const;

let loading: Promise<CSharp> | undefined;

/** Loads the C# grammar; once a process. */
export function loadCSharp(options: { readonly budget?: ExpressionBudget } = {}): Promise<CSharp> {
  loading ??= load(options.budget ?? defaultBudget);
  return loading;
}

async function load(budget: ExpressionBudget): Promise<CSharp> {
  const require = createRequire(import.meta.url);
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(require.resolve('tree-sitter-c-sharp/tree-sitter-c_sharp.wasm')));
  defineSystem();
  defineCollections();
  defineJson();
  defineContext();
  return { compile: (text) => compile(parser, text, budget) };
}

function compile(parser: Parser, text: string, budget: ExpressionBudget): CompiledExpression {
  const opening = text[1];
  const isBlock = opening === '{';
  if (text[0] !== '@' || (opening !== '(' && opening !== '{') || text.length > 100_000) {
    return refused([
      {
        code: 'csharp.syntax',
        message: 'An expression has the form @( … ) or @{ … } and at most 100000 characters.',
        start: 0,
        length: 1,
      },
    ]);
  }
  const prefix = prefixes[opening];
  const source = `${prefix}${text.slice(2, -1)}${isBlock ? '\n}' : '\n);}'}`;
  const tree = parser.parse(source);
  if (!tree) return refused([{ code: 'csharp.syntax', message: 'The C# could not be parsed.', start: 0, length: 1 }]);
  try {
    const mistakes = syntaxMistakes(tree.rootNode, prefix.length - 2, text.length);
    if (mistakes.length > 0) return refused(mistakes);
    const binder = new Binder(prefix.length - 2);
    const block = tree.rootNode.descendantsOfType('block')[0];
    const roots = tree.rootNode.namedChildCount;
    if (!block || roots !== 1)
      return refused([{ code: 'csharp.syntax', message: 'One expression was expected.', start: 0, length: 1 }]);
    const bound = binder.guard(() => binder.body(block), undefined);
    if (!bound || binder.diagnostics.length > 0) return refused(binder.diagnostics);
    const { slots } = binder;
    return {
      diagnostics: [],
      needs: binder.needs,
      type: bound.type.key,
      evaluate(context) {
        const runtime = new Runtime(context, slots, budget);
        try {
          return box(bound.type, bound.run(runtime));
        } catch (error) {
          // Deep recursion inside a tree of closures or of JSON is a use of too much memory, not a fault of the process.
          if (error instanceof RangeError) throw new BudgetExceeded('memory');
          throw error;
        }
      },
    };
  } finally {
    tree.delete();
  }
}

function refused(diagnostics: readonly ExpressionDiagnostic[]): CompiledExpression {
  const message = diagnostics[0]?.message ?? 'The expression does not compile.';
  return {
    diagnostics,
    needs: { requestBody: false, responseBody: false },
    type: 'object',
    evaluate: (): V => {
      throw new ExpressionError('Vigia.NotCompiled', message);
    },
  };
}

function syntaxMistakes(root: Node, offset: number, length: number): ExpressionDiagnostic[] {
  const found: ExpressionDiagnostic[] = [];
  const visit = (node: Node): void => {
    if (node.isMissing || node.isError) {
      const start = Math.min(Math.max(0, node.startIndex - offset), Math.max(0, length - 1));
      const what = node.isMissing
        ? `'${node.type}' was expected.`
        : `'${node.text.slice(0, 40)}' was not expected here.`;
      found.push({
        code: 'csharp.syntax',
        message: `The C# is not well-formed: ${what}`,
        start,
        length: Math.max(1, Math.min(node.endIndex - node.startIndex, length - start)),
      });
      return;
    }
    if (!node.hasError) return;
    for (const child of node.children) if (child) visit(child);
  };
  if (root.hasError) visit(root);
  if (root.hasError && found.length === 0)
    found.push({ code: 'csharp.syntax', message: 'The C# is not well-formed.', start: 0, length: 1 });
  return found;
}
