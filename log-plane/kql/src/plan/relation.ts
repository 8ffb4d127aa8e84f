import type { KqlType } from '@vigia/contract';
import type { KqlTable } from '../interface.ts';
import type { Column, Expr } from './expression.ts';

export interface Computed {
  readonly column: Column;
  readonly expr: Expr;
}

export interface SortKey {
  readonly expr: Expr;
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

/** An aggregate by its name in the aggregate table. `order` is the order of the rows where the aggregate keeps it. */
export interface AggregateCall {
  readonly column: Column;
  readonly name: string;
  readonly args: readonly Expr[];
}

/** Rows of a stored table. */
export interface TableRelation {
  readonly kind: 'table';
  readonly relation: string;
  readonly columns: readonly { readonly column: Column; readonly source: string }[];
  /** The column that the query's time range restricts, where it has one. */
  readonly time?: string;
  readonly facts?: KqlTable['facts'];
  /** What `relation` was before hidden columns were added: enough where none of them is read after all. */
  readonly plain?: string;
}

export interface ValuesRelation {
  readonly kind: 'values';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Expr[])[];
}

/** One column counting from, to, by. */
export interface RangeRelation {
  readonly kind: 'range';
  readonly column: Column;
  readonly from: Expr;
  readonly to: Expr;
  readonly step: Expr;
}

export interface FilterRelation {
  readonly kind: 'filter';
  readonly input: Relation;
  readonly condition: Expr;
}

/** Exactly these columns. */
export interface ProjectRelation {
  readonly kind: 'project';
  readonly input: Relation;
  readonly columns: readonly Computed[];
}

/** The input's columns and these. */
export interface ExtendRelation {
  readonly kind: 'extend';
  readonly input: Relation;
  readonly added: readonly Computed[];
}

export interface AggregateRelation {
  readonly kind: 'aggregate';
  readonly input: Relation;
  readonly keys: readonly Computed[];
  readonly aggregates: readonly AggregateCall[];
  /** The order in which rows reach aggregates that keep it (make_list). */
  readonly order: readonly SortKey[];
}

export interface SortRelation {
  readonly kind: 'sort';
  readonly input: Relation;
  readonly keys: readonly SortKey[];
}

export interface LimitRelation {
  readonly kind: 'limit';
  readonly input: Relation;
  readonly count: Expr;
  /** So many rows of each group, the first by `order`. */
  readonly partition?: readonly Column[];
  readonly order?: readonly SortKey[];
}

/** The first row of each group, by `order` and then by the input's order. */
export interface FirstOfGroupRelation {
  readonly kind: 'first-of-group';
  readonly input: Relation;
  readonly keys: readonly Expr[];
  readonly order: readonly SortKey[];
}

/** Every input gives the same columns in the same order. */
export interface UnionRelation {
  readonly kind: 'union';
  readonly inputs: readonly Relation[];
  readonly columns: readonly Column[];
}

export interface JoinRelation {
  readonly kind: 'join';
  readonly join: 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';
  readonly left: Relation;
  readonly right: Relation;
  readonly on: readonly { readonly left: Expr; readonly right: Expr }[];
  /** What has to hold besides, over the columns of both sides. */
  readonly condition?: Expr;
}

/** One row per element; several lists go in step, the shorter padded with null. */
export interface ExpandRelation {
  readonly kind: 'expand';
  readonly input: Relation;
  readonly items: readonly { readonly column: Column; readonly list: Expr; readonly isBagAsArray: boolean }[];
  readonly index?: Column;
  readonly limit?: Expr;
}

/**
 * Arrays along an axis. The input has one row a key and step (`index`, counted from `from` or from nought); steps that
 * it lacks get `missing`. Without `from` and `to` a series spans the steps that it has.
 */
export interface SeriesRelation {
  readonly kind: 'series';
  readonly input: Relation;
  readonly keys: readonly Column[];
  readonly carried: readonly Column[];
  readonly index: Column;
  readonly values: readonly { readonly column: Column; readonly source: Column; readonly missing: Expr }[];
  readonly axis: Column;
  readonly axisType: KqlType;
  readonly from?: Expr;
  readonly to?: Expr;
  readonly step: Expr;
  readonly isEndIncluded: boolean;
  /** A series of defaults where there is no row at all. */
  readonly isNeverEmpty: boolean;
}

/** A step of scan, seen from its own state or from that of the step before. */
export interface ScanStep {
  readonly isOutput: boolean;
  /** Columns of the step's state: the record of each step up to this one. */
  readonly state: readonly (readonly Column[])[];
  readonly own: ScanMatch;
  /** Absent in the first step. */
  readonly promoted?: ScanMatch;
}

export interface ScanMatch {
  readonly condition: Expr;
  /** What the declared columns become, in their order. */
  readonly values: readonly Expr[];
}

/** Rows in their order through steps that remember earlier rows. `record`: the input's columns and the declared ones. */
export interface ScanRelation {
  readonly kind: 'scan';
  readonly input: Relation;
  readonly record: readonly Column[];
  /** With the values that they have before a step gives them others. */
  readonly declared: readonly Computed[];
  readonly steps: readonly ScanStep[];
  readonly matchId: Column;
}

/** The input's columns and values at paths of one of its JSON values, which is parsed once for all of them. */
export interface PathsRelation {
  readonly kind: 'paths';
  readonly input: Relation;
  readonly base: Column;
  /** The base is text that may be no JSON. */
  readonly isText: boolean;
  /** A bool column that says whether it is JSON, where one is known. */
  readonly validity?: Column;
  /** Of type string: the text of a scalar, else its JSON, the empty text where there is none; dynamic: as a path gives it. */
  readonly reads: readonly { readonly column: Column; readonly steps: readonly (string | bigint)[] }[];
  readonly list: Column;
}

/** A use of a relation that the query names (`let`). `columns` renames the definition's columns for this use. */
export interface SharedRelation {
  readonly kind: 'shared';
  readonly definition: SharedDefinition;
  readonly columns: readonly { readonly column: Column; readonly source: Column }[];
}

export interface SharedDefinition {
  readonly id: string;
  readonly relation: Relation;
  /** `materialize`: evaluated once even where that costs. */
  readonly isMaterialized: boolean;
}

export type Relation =
  | TableRelation
  | ValuesRelation
  | RangeRelation
  | FilterRelation
  | ProjectRelation
  | ExtendRelation
  | AggregateRelation
  | SortRelation
  | LimitRelation
  | FirstOfGroupRelation
  | UnionRelation
  | JoinRelation
  | ExpandRelation
  | SeriesRelation
  | ScanRelation
  | PathsRelation
  | SharedRelation;
