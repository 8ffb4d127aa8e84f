/// <reference types="@kusto/language-service-next" />
/** The only file that touches the globals of Microsoft's Kusto scripts. `bridge` has to come first. */
import './global-shim.ts';
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

export const L = Kusto.Language;
export const Sym = Kusto.Language.Symbols;
export const Syn = Kusto.Language.Syntax;

export type SyntaxNode = Kusto.Language.Syntax.SyntaxNode;
export type Expression = Kusto.Language.Syntax.Expression;
export type Globals = Kusto.Language.GlobalState;
export type SyntaxTree = Kusto.Language.KustoCode;

/** Analysis that takes longer is given up: a few names that each double the one before keep it busy for hours. */
const MAX_ANALYSIS_MILLISECONDS = 3_000;

/** Parses and analyses; undefined where that takes too long. */
export function analyse(text: string, globals: Globals): Kusto.Language.KustoCode | undefined {
  const parsed = L.KustoCode.Parse(text, globals);
  const end = performance.now() + MAX_ANALYSIS_MILLISECONDS;
  let isLate = false;
  const deadline = new L.Utils.CancellationToken.$ctor1(() => {
    isLate = performance.now() > end;
    return isLate;
  });
  try {
    // ParseAndAnalyze takes the token too, and forgets it.
    const code = parsed?.Analyze(globals, deadline) ?? null;
    if (code === null) throw new Error('The Kusto parser returned nothing.');
    return code;
  } catch (error) {
    if (isLate) return undefined;
    throw error;
  }
}

interface ListLike<T> {
  readonly Count: number;
  getItem(index: number): T;
}

export function list<T>(items: unknown): readonly T[] {
  if (items === null || items === undefined) return [];
  if (Array.isArray(items)) return items as T[];
  const counted = items as ListLike<T>;
  return Array.from({ length: counted.Count }, (_, index) => counted.getItem(index));
}

/** The elements of a comma-separated syntax list. */
export function elements<T>(items: unknown): readonly T[] {
  return list<unknown>(items).map((item) => {
    const element = (item as { Element$1?: T; Element?: T }).Element$1 ?? (item as { Element?: T }).Element;
    return (element ?? item) as T;
  });
}

/** Source text of a node without leading blanks and comments. */
export function textOf(node: SyntaxNode | null | undefined): string {
  return node?.ToString(Syn.IncludeTrivia.Minimal) ?? '';
}

/** Name of a node's syntax kind; the numbers change between versions, the names do not. */
export function kindOf(node: SyntaxNode): string {
  return System.Enum.toString(Syn.SyntaxKind, node.Kind);
}

declare const System: { readonly Enum: { toString(type: unknown, value: unknown): string } };
