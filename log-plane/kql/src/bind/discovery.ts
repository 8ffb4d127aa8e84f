import type { KqlColumn } from '@vigia/contract';
import type { SyntaxNode } from '../service/kusto.ts';
import type { BindContext, Bound, Scope } from './context.ts';

/** Ends a compilation that has to know rows before it can name its columns. */
export class ColumnsUnknown extends Error {
  readonly key: string;
  readonly bound: Bound;
  readonly tables: readonly string[];
  readonly node: SyntaxNode;

  constructor(input: { key: string; bound: Bound; tables: readonly string[]; node: SyntaxNode }) {
    super('The columns of the query depend on its rows.');
    this.key = input.key;
    this.bound = input.bound;
    this.tables = input.tables;
    this.node = input.node;
  }
}

/** Ends a compilation that now knows columns: the text is analysed again with them written out at `position`. */
export class ColumnsFound extends Error {
  readonly position: number;
  readonly text: string;

  constructor(position: number, columns: readonly KqlColumn[]) {
    super('The columns of the query are known now.');
    this.position = position;
    this.text = ` : (${columns.map(({ name, type }) => `['${name.replace(/[\\']/g, '\\$&')}']: ${type}`).join(', ')})`;
  }
}

/** The rows of a relation that names columns, asked for under the place of the operator that needs them. */
export function discover(
  context: BindContext,
  node: SyntaxNode,
  scope: Scope,
  bound: Bound,
): readonly (readonly unknown[])[] {
  if (scope.calledFrom !== undefined)
    return context.refuse(
      node,
      scope,
      'evaluate',
      'Inside a function, evaluate needs its columns written out: evaluate plugin(…) : (Name: type, …).',
    );
  const key = `${context.originalPosition(node.TextStart)}`;
  const rows = context.options.discovered?.get(key);
  if (rows !== undefined) return rows;
  throw new ColumnsUnknown({ key, bound, tables: [...context.tables].sort(), node });
}
