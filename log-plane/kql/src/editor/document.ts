import { nodeAt } from '../service/advice/situation.ts';
import { analyse, Ed, type Globals, type SyntaxNode, type SyntaxTree } from '../service/kusto.ts';
import { refuseTooLarge } from '../service/size-limits.ts';

export type CodeService = Kusto.Language.Editor.KustoCodeService;

/** A text that was analysed. */
export interface Document {
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly service: CodeService;
}

/** Analyses texts; the last one is kept, for editors ask several things of one. Undefined beyond the limits. */
export function createDocuments(globals: Globals): (text: string) => Document | undefined {
  let last: { readonly text: string; readonly document: Document | undefined } | undefined;
  return (text) => {
    if (last?.text === text) return last.document;
    last = { text, document: open(text, globals) };
    return last.document;
  };
}

function open(text: string, globals: Globals): Document | undefined {
  if (refuseTooLarge(text, { now: 0n }) !== undefined) return undefined;
  const tree = analyse(text, globals);
  return 'failure' in tree ? undefined : { text, tree, service: new Ed.KustoCodeService.ctor(tree) };
}

/** What the name that begins at a place means. */
export function symbolAt(tree: SyntaxTree, start: number): unknown {
  for (let node: SyntaxNode | null = nodeAt(tree, start) ?? null; node !== null; node = node.Parent) {
    if (node.TextStart !== start) return undefined;
    const { ReferencedSymbol: symbol } = node as { readonly ReferencedSymbol?: unknown };
    if (symbol !== null && symbol !== undefined) return symbol;
  }
  return undefined;
}
