/// <reference types="@kusto/language-service-next" />
/** The only file that touches the globals of Microsoft's Kusto scripts. `bridge` has to come first. */
import './global-shim.ts';
import '@kusto/language-service-next/bridge.min.js';
import '@kusto/language-service-next/Kusto.Language.Bridge.min.js';

export const L = Kusto.Language;
export const Sym = Kusto.Language.Symbols;
export const Syn = Kusto.Language.Syntax;
export const Ed = Kusto.Language.Editor;

export type SyntaxNode = Kusto.Language.Syntax.SyntaxNode;
export type Expression = Kusto.Language.Syntax.Expression;
export type Globals = Kusto.Language.GlobalState;
export type SyntaxTree = Kusto.Language.KustoCode;

/** Analysis that takes longer is given up: a few names that each double the one before keep it busy for hours. */
const MAX_ANALYSIS_MILLISECONDS = 2_500;

/** Why there is no analysis: a query that Microsoft's scripts do not get through. */
export interface AnalysisFailure {
  readonly failure: string;
}

/** Parses and analyses. Their scripts give up some queries by an exception of their own; that is an answer too. */
export function analyse(text: string, globals: Globals): SyntaxTree | AnalysisFailure {
  let isLate = false;
  const clock = createClock();
  const deadline = new L.Utils.CancellationToken.$ctor1(() => {
    isLate = clock() > MAX_ANALYSIS_MILLISECONDS;
    return isLate;
  });
  try {
    const parsed = L.KustoCode.Parse(text, globals);
    clock();
    // ParseAndAnalyze takes the token too, and forgets it.
    const tree = parsed?.Analyze(globals, deadline) ?? null;
    return tree ?? { failure: 'The parser returns nothing.' };
  } catch (error) {
    if (isLate) return { failure: 'Its analysis takes too long.' };
    return { failure: `Microsoft's analyser fails on it: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Milliseconds since the first call, without the longest pause between two calls: the machine may have slept in it. */
function createClock(): () => number {
  let [last, total, longest] = [Number.NaN, 0, 0];
  return () => {
    const now = performance.now();
    const pause = Number.isNaN(last) ? 0 : now - last;
    [last, total, longest] = [now, total + pause, Math.max(longest, pause)];
    return total - longest;
  };
}

/** `.show tables` and the like. */
export const isCommand = (text: string): boolean => L.KustoCode.GetKind(text) === 'Command';

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

/** Name of a value of one of their enumerations. */
export function nameOfValue(enumeration: unknown, value: unknown): string {
  return System.Enum.toString(enumeration, value);
}

declare const System: { readonly Enum: { toString(type: unknown, value: unknown): string } };
