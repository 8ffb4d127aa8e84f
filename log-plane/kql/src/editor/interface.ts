import type { Diagnostic, KqlColumn } from '@vigia/contract';
import type { KqlFunction } from '../interface.ts';
import type { TextEdit } from '../service/advice/edits.ts';

/** What an editor has to know of a database; a `KqlDatabase` is one. */
export interface KqlEditorDatabase {
  readonly name: string;
  readonly tables: readonly { readonly name: string; readonly columns: readonly KqlColumn[] }[];
  readonly functions?: readonly KqlFunction[];
}

/** UTF-16 offsets, 0-based. */
export interface TextRange {
  readonly start: number;
  readonly length: number;
}

export type CompletionKind =
  | 'column'
  | 'table'
  | 'function'
  | 'aggregate'
  | 'variable'
  | 'operator'
  | 'keyword'
  | 'type'
  | 'value'
  | 'other';

export interface CompletionItem {
  /** What is shown: `bin(value, roundTo)`. */
  readonly label: string;
  /** What the word being typed is compared with: `bin`. */
  readonly match: string;
  readonly kind: CompletionKind;
  /** Replaces the range; the caret goes between this and `after`. */
  readonly before: string;
  readonly after: string;
  /** Items stand in the order of these texts. */
  readonly order: string;
  /** A column's type. */
  readonly detail?: string;
  /** Part of Kusto that Vigia refuses by name. */
  readonly isRefused?: true;
}

export interface Completion {
  /** The word that is being typed, which an item replaces. */
  readonly range: TextRange;
  /** All that may stand there; the word typed so far narrows them in the editor. */
  readonly items: readonly CompletionItem[];
}

export interface Hover {
  readonly range: TextRange;
  /** `Category: string`, `bin(value, roundTo): long`, `where Condition`. */
  readonly text: string;
  /** A sentence more, where there is one. */
  readonly note?: string;
}

export interface Signature {
  /** `strcat(arg, …): string` */
  readonly label: string;
  /** Ranges within the label. */
  readonly parameters: readonly TextRange[];
}

export interface SignatureHelp {
  readonly signatures: readonly Signature[];
  /** The signature that has room for the argument at the caret. */
  readonly active: number;
  /** Of the active signature; the last one where arguments repeat. */
  readonly parameter: number;
}

export type ColorKind =
  | 'comment'
  | 'column'
  | 'function'
  | 'keyword'
  | 'literal'
  | 'operator'
  | 'parameter'
  | 'plain'
  | 'punctuation'
  | 'queryOperator'
  | 'string'
  | 'table'
  | 'type'
  | 'variable';

export interface ColoredRange extends TextRange {
  readonly kind: ColorKind;
}

export interface EditorDiagnostic extends Diagnostic {
  readonly fixes?: readonly { readonly description: string; readonly edits: readonly TextEdit[] }[];
}

/**
 * What an editor asks about a text of KQL while it is written. Plain data in and out; synchronous; nothing is kept but
 * the analysis of the last text. A text that is beyond the compiler's limits has a diagnostic, and nothing else is known of it.
 */
export interface KqlEditorService {
  complete(text: string, position: number): Completion;
  hover(text: string, position: number): Hover | undefined;
  /** Within the parentheses of a call. */
  signature(text: string, position: number): SignatureHelp | undefined;
  /** The text with one operator a line; undefined while it has errors of syntax, whose lines formatting would tear. */
  format(text: string): string | undefined;
  /** What compiling would say, with fixes. Warnings too. Columns that only rows can tell are no mistake. */
  diagnose(text: string): readonly EditorDiagnostic[];
  /** Every coloured piece in its order; blanks are left out. */
  classify(text: string): readonly ColoredRange[];
  /** Where the name at the place is declared in this text. */
  definition(text: string, position: number): TextRange | undefined;
  /** All places of the name at the place, its declaration included. */
  references(text: string, position: number): readonly TextRange[];
  /** Undefined where the name is not declared in this text, or the new one is no name. */
  rename(text: string, position: number, name: string): readonly TextEdit[] | undefined;
}
