import { type Globals, list, Syn, type SyntaxNode, type SyntaxTree } from '../kusto.ts';
import type { TextEdit } from './edits.ts';

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** What is known around one of the parser's diagnostics. */
export interface Situation {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly length: number;
  /** What the diagnostic covers. */
  readonly covered: string;
  readonly text: string;
  readonly tree: SyntaxTree;
  readonly globals: Globals;
  readonly tokens: readonly Token[];
  /** The first token at or after the place; `tokens.length` at the end. */
  readonly index: number;
  /** Of the token that many places away; empty beyond the ends. */
  tokenAt(offset: number): Token;
  /** Names that may stand here, with the names of their types. */
  columns(): ReadonlyMap<string, string>;
  tables(): readonly string[];
}

export interface Advice {
  readonly hint: string;
  /** What would set it right. */
  readonly edits?: readonly TextEdit[];
}

interface LexicalToken {
  readonly Trivia: string | null;
  readonly Text: string | null;
}

export function tokensOf(tree: SyntaxTree): readonly Token[] {
  const tokens: Token[] = [];
  let position = 0;
  for (const token of list<LexicalToken>(tree.GetLexicalTokens())) {
    const start = position + (token.Trivia ?? '').length;
    const text = token.Text ?? '';
    position = start + text.length;
    if (text !== '') tokens.push({ text, start, end: position });
  }
  return tokens;
}

export function situationOf(
  found: { readonly code: string; readonly message: string; readonly start: number; readonly length: number },
  around: Pick<Situation, 'text' | 'tree' | 'globals' | 'tokens'>,
): Situation {
  const { text, tree, globals, tokens } = around;
  const first = tokens.findIndex(({ end }) => end > found.start);
  const index = first < 0 ? tokens.length : first;
  const beyond: Token = { text: '', start: text.length, end: text.length };
  return {
    ...around,
    code: found.code,
    message: found.message,
    start: found.start,
    length: found.length,
    covered: text.slice(found.start, found.start + found.length),
    index,
    tokenAt: (offset) => tokens[index + offset] ?? beyond,
    columns: () => columnsAt(tree, found.start),
    tables: () => list<{ readonly Name: string | null }>(globals.Database?.Tables).map(({ Name }) => Name ?? ''),
  };
}

export function columnsAt(tree: SyntaxTree, position: number): ReadonlyMap<string, string> {
  return namesOf(tree.GetColumnsInScope(position)?.Columns);
}

export function namesOf(columns: unknown): ReadonlyMap<string, string> {
  const symbols = list<Kusto.Language.Symbols.ColumnSymbol>(columns);
  return new Map(symbols.map((column) => [column.Name ?? '', column.Type?.Name ?? '']));
}

/** The innermost node that covers a place. */
export function nodeAt(tree: SyntaxTree, position: number): SyntaxNode | undefined {
  let found: SyntaxNode | undefined = tree.Syntax ?? undefined;
  for (let isDeeper = found !== undefined; isDeeper; ) {
    isDeeper = false;
    for (let index = 0; index < (found?.ChildCount ?? 0); index++) {
      const child = found?.GetChild(index);
      if (child instanceof Syn.SyntaxNode && child.TextStart <= position && child.End > position) {
        found = child;
        isDeeper = true;
        break;
      }
    }
  }
  return found;
}

/** The innermost node of a class around a place. */
export function nodeAround<T extends SyntaxNode>(
  tree: SyntaxTree,
  position: number,
  kind: { readonly prototype: T },
): T | undefined {
  // The declarations give the classes no signature that instanceof would narrow by.
  for (let node: SyntaxNode | null = nodeAt(tree, position) ?? null; node !== null; node = node.Parent)
    if (node instanceof (kind as unknown as new () => T)) return node;
  return undefined;
}
