import type { KqlType } from '@vigia/contract';
import type { Relation } from './relation.ts';

/** A column under its generated name; KQL names live only at the edge, in the binder's scopes. */
export interface Column {
  readonly id: string;
  readonly type: KqlType;
}

/** bool; int, long, datetime and timespan (ticks) as bigint; real as number; decimal, guid, string and dynamic (JSON) as text. */
export type LiteralValue = null | boolean | bigint | number | string;

export interface LiteralExpr {
  readonly kind: 'literal';
  readonly type: KqlType;
  readonly value: LiteralValue;
}

/** now() and so many ticks: one value a query, known when the SQL is complete. Never null. */
export interface MomentExpr {
  readonly kind: 'moment';
  readonly type: 'datetime';
  readonly plus: bigint;
}

export interface ColumnExpr {
  readonly kind: 'column';
  readonly type: KqlType;
  readonly column: Column;
}

/** A scalar function or operator by its name in the function table. */
export interface CallExpr {
  readonly kind: 'call';
  readonly type: KqlType;
  readonly name: string;
  readonly args: readonly Expr[];
}

/** Constant steps into a dynamic value. `base` is dynamic, or text that is JSON where `isText` says so (a parse_json that vanished). */
export interface PathExpr {
  readonly kind: 'path';
  readonly type: 'dynamic';
  readonly base: Expr;
  readonly isText: boolean;
  readonly steps: readonly (string | bigint)[];
  /** A bool column that says whether the text is JSON, where one is known. */
  readonly validity?: Column;
}

/** One value of a relation: its first row's column. */
export interface ScalarSubqueryExpr {
  readonly kind: 'scalar-subquery';
  readonly type: KqlType;
  readonly input: Relation;
  readonly column: Column;
}

export interface InSubqueryExpr {
  readonly kind: 'in-subquery';
  readonly type: 'bool';
  readonly value: Expr;
  readonly input: Relation;
  readonly element: Expr;
}

/**
 * A function over the rows in their present order, or in `order` among those that are equal in `partition`.
 * `restart`: where it begins again; such windows are taken apart before they are printed (`bind/compute.ts`).
 */
export interface WindowExpr {
  readonly kind: 'window';
  readonly type: KqlType;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly restart?: Expr;
  readonly partition?: readonly Column[];
  readonly order?: readonly WindowOrder[];
}

export interface WindowOrder {
  readonly column: Column;
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
}

export type Expr =
  | LiteralExpr
  | MomentExpr
  | ColumnExpr
  | CallExpr
  | PathExpr
  | ScalarSubqueryExpr
  | InSubqueryExpr
  | WindowExpr;

export const literal = (type: KqlType, value: LiteralValue): LiteralExpr => ({ kind: 'literal', type, value });
export const moment = (plus: bigint): MomentExpr => ({ kind: 'moment', type: 'datetime', plus });
export const columnRef = (column: Column): ColumnExpr => ({ kind: 'column', type: column.type, column });
export const call = (name: string, type: KqlType, ...args: readonly Expr[]): CallExpr => ({
  kind: 'call',
  type,
  name,
  args,
});

export function hasWindow(expr: Expr): boolean {
  switch (expr.kind) {
    case 'window':
      return true;
    case 'call':
      return expr.args.some(hasWindow);
    case 'path':
      return hasWindow(expr.base);
    case 'in-subquery':
      return hasWindow(expr.value);
    case 'literal':
    case 'moment':
    case 'column':
    case 'scalar-subquery':
      return false;
  }
}
