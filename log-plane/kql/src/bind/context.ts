import type { Diagnostic, KqlType } from '@vigia/contract';
import type { CompileOptions, KqlDatabase, RenderHint } from '../interface.ts';
import type { Column, Expr } from '../plan/expression.ts';
import type { AggregateCall, Relation, SharedDefinition, SortKey } from '../plan/relation.ts';
import { diagnosticAt } from '../service/diagnostics.ts';
import type { Globals, SyntaxNode } from '../service/kusto.ts';
import { UnsupportedFeature } from './unsupported.ts';

const MAX_CALL_DEPTH = 64;
const MAX_CALLS = 1_000;

export interface NamedColumn {
  readonly name: string;
  readonly column: Column;
}

/** A relation with the KQL names of its columns. */
export interface Bound {
  readonly relation: Relation;
  readonly columns: readonly NamedColumn[];
  /** The rows' order where a sort still stands, by columns of the relation. */
  readonly order?: readonly SortKey[];
  /** What `withsource` calls these rows. */
  readonly sourceName?: string;
  /** Inside mv-apply and partition: every operator works on each group alone. */
  readonly group?: Group;
}

/** Hidden columns of a relation that tell its groups apart. */
export interface Group {
  readonly keys: readonly Column[];
  /** Of each group all rows have the same values here; they outlive a summarize. */
  readonly carried: readonly Column[];
  /** The rows' order; gone once rows were summarized. */
  readonly ordinal?: Column;
}

export type Binding =
  | { readonly kind: 'scalar'; readonly expr: Expr }
  | { readonly kind: 'table'; readonly definition: SharedDefinition; readonly bound: Bound }
  | {
      readonly kind: 'function';
      readonly declaration: Kusto.Language.Syntax.FunctionDeclaration;
      /** Where it was declared. */
      readonly environment: Environment;
    }
  | {
      readonly kind: 'pattern';
      readonly declaration: Kusto.Language.Syntax.PatternDeclaration;
      readonly environment: Environment;
    };

/** Names of `let`, parameters and `as`, innermost first. */
export class Environment {
  readonly #bindings = new Map<string, Binding>();
  readonly #parent: Environment | undefined;

  constructor(parent?: Environment) {
    this.#parent = parent;
  }

  get(name: string): Binding | undefined {
    return this.#bindings.get(name) ?? this.#parent?.get(name);
  }

  set(name: string, binding: Binding): void {
    this.#bindings.set(name, binding);
  }
}

/** What a name can mean at one place of the query. */
export interface Scope {
  readonly environment: Environment;
  readonly columns: readonly NamedColumn[];
  /** In a join's condition: `$left` and `$right`. */
  readonly sides?: { readonly left: readonly NamedColumn[]; readonly right: readonly NamedColumn[] };
  /** Inside a step of scan: what each step remembers, by its name. */
  readonly steps?: ReadonlyMap<string, readonly NamedColumn[]>;
  /** Inside summarize: where aggregates are put; the expression then reads their columns. */
  readonly aggregates?: AggregateCall[];
  /** Inside the body of a function: the place of its call, for diagnostics. */
  readonly calledFrom?: SyntaxNode;
  /** How many calls of functions stand around this. */
  readonly callDepth?: number;
}

export interface Insertion {
  /** In the text as it was when this was inserted; later ones come later in the list. */
  readonly position: number;
  readonly length: number;
}

export function originalPosition(insertions: readonly Insertion[], position: number): number {
  return insertions.reduceRight(
    (at, inserted) => (at <= inserted.position ? at : Math.max(inserted.position, at - inserted.length)),
    position,
  );
}

/** State of one compilation. */
export class BindContext {
  readonly database: KqlDatabase;
  readonly globals: Globals;
  readonly text: string;
  readonly options: CompileOptions;
  /** Columns that were written into the text after the user's: where, and how much. */
  readonly insertions: readonly Insertion[];
  readonly tables = new Set<string>();
  readonly warnings: Diagnostic[] = [];
  render: RenderHint | undefined;
  #columns = 0;
  #definitions = 0;
  #calls = 0;

  constructor(input: {
    database: KqlDatabase;
    globals: Globals;
    text: string;
    options: CompileOptions;
    insertions?: readonly Insertion[];
  }) {
    this.insertions = input.insertions ?? [];
    this.database = input.database;
    this.globals = input.globals;
    this.text = input.text;
    this.options = input.options;
  }

  newColumn(type: KqlType): Column {
    this.#columns += 1;
    return { id: `c${this.#columns}`, type };
  }

  newDefinition(relation: Relation, isMaterialized: boolean): SharedDefinition {
    this.#definitions += 1;
    return { id: `t${this.#definitions}`, relation, isMaterialized };
  }

  /** A place of the analysed text as a place of the user's. */
  originalPosition(position: number): number {
    return originalPosition(this.insertions, position);
  }

  /** The query is right for Kusto but Vigia does not run it: names what, and where. */
  refuse(node: SyntaxNode, scope: Scope, subject: string, message?: string): never {
    throw this.#failure('kql.unsupported', node, scope, subject, message ?? `'${subject}' is not supported.`);
  }

  /** Kusto would run it, and so would Vigia if it were smaller. */
  refuseTooComplex(node: SyntaxNode, scope: Scope, subject: string, reason: string): never {
    throw this.#failure('kql.tooComplex', node, scope, subject, `'${subject}' is too complex. ${reason}`);
  }

  /** Functions that call others twice make work that doubles with each: their calls are counted. */
  countCall(node: SyntaxNode, scope: Scope, name: string): void {
    this.#calls += 1;
    if ((scope.callDepth ?? 0) >= MAX_CALL_DEPTH)
      this.refuseTooComplex(node, scope, name, `Functions call one another more than ${MAX_CALL_DEPTH} deep.`);
    if (this.#calls > MAX_CALLS)
      this.refuseTooComplex(node, scope, name, `Functions of the query are called more than ${MAX_CALLS} times.`);
  }

  /** The query is wrong in a way that the parser does not see (a literal out of range, for example). */
  reject(node: SyntaxNode, scope: Scope, subject: string, message: string): never {
    throw this.#failure('kql.invalid', node, scope, subject, message);
  }

  /** The query runs, with a difference that is named. */
  warn(node: SyntaxNode, scope: Scope, subject: string, message: string): void {
    const { diagnostic } = this.#failure('kql.difference', node, scope, subject, message);
    if (!this.warnings.some((other) => other.message === message))
      this.warnings.push({ ...diagnostic, severity: 'warning' });
  }

  #failure(code: string, node: SyntaxNode, scope: Scope, subject: string, message: string): UnsupportedFeature {
    const place = scope.calledFrom ?? node;
    const start = Math.min(this.originalPosition(place.TextStart), this.text.length);
    const length = Math.max(0, Math.min(this.originalPosition(place.End), this.text.length) - start);
    return new UnsupportedFeature(diagnosticAt(this.text, code, message, { start, length }, { subject }));
  }
}
