import { fillTemplate, type PrintedCall } from '../functions/entry.ts';
import { FUNCTIONS } from '../functions/table.ts';
import type { CallExpr, Expr, PathExpr, WindowExpr } from '../plan/expression.ts';
import type { Relation } from '../plan/relation.ts';
import { jsonPaths } from './json-path.ts';
import { printLiteral } from './print-literal.ts';

export interface ExpressionPrinter {
  readonly relation: (relation: Relation) => string;
}

export function printExpression(expr: Expr, printer: ExpressionPrinter): string {
  switch (expr.kind) {
    case 'literal':
      return printLiteral(expr.type, expr.value);
    case 'column':
      return expr.column.id;
    case 'call':
      return printCall(expr, printer);
    case 'path':
      return `nullif(${printPath(expr, printer, 'json_extract')}::varchar, 'null')`;
    case 'scalar-subquery': {
      const rows = `(select ${expr.column.id} from (${printer.relation(expr.input)}) limit 1)`;
      return expr.type === 'string' ? `coalesce(${rows}, '')` : rows;
    }
    case 'in-subquery': {
      const element = printExpression(expr.element, printer);
      const value = printExpression(expr.value, printer);
      return `coalesce(${value} in (select ${element} from (${printer.relation(expr.input)})), false)`;
    }
    case 'window':
      return printWindow(expr, printer);
  }
}

/**
 * Where null counts as false: comparisons are printed bare, so that the engine pushes them down to the scan and skips
 * blocks of rows by them.
 */
export function printCondition(expr: Expr, printer: ExpressionPrinter): string {
  if (expr.kind === 'call' && (expr.name === 'and' || expr.name === 'or'))
    return `(${expr.args.map((arg) => printCondition(arg, printer)).join(` ${expr.name} `)})`;
  const isExact = expr.kind === 'call' && expr.args.every(({ type }) => type !== 'real');
  if (isExact && (expr.name === '==' || expr.name === 'in')) {
    const [value, ...others] = expr.args.map((arg) => printExpression(arg, printer));
    return expr.name === '==' ? `(${value} = ${others[0]})` : `(${value} in (${others.join(', ')}))`;
  }
  return printExpression(expr, printer);
}

/** Text that may be no JSON is read only where it is: the engine raises on bad JSON, Kusto gives null. */
export function printPath(
  expr: PathExpr,
  printer: ExpressionPrinter,
  last: 'json_extract' | 'json_extract_string',
): string {
  const base = printExpression(expr.base, printer);
  const paths = jsonPaths(expr.steps);
  const start = expr.isText ? `case when json_valid(${base}) then ${base} end` : base;
  return paths.reduce(
    (sql, path, index) => `${index === paths.length - 1 ? last : 'json_extract'}(${sql}, ${path})`,
    start,
  );
}

function printCall(expr: CallExpr, printer: ExpressionPrinter): string {
  const entry = FUNCTIONS[expr.name];
  if (entry === undefined) throw new Error(`There is no entry for the function ${expr.name}.`);
  const only = expr.args[0];
  if (only?.kind === 'path' && expr.args.length === 1) {
    const direct = PATH_READERS[expr.name];
    if (direct !== undefined) return direct(printPath(only, printer, 'json_extract_string'));
  }
  const printed: PrintedCall = {
    args: expr.args.map((arg) => printExpression(arg, printer)),
    exprs: expr.args,
    type: expr.type,
  };
  return `(${typeof entry.sql === 'string' ? fillTemplate(entry.sql, printed.args) : entry.sql(printed)})`;
}

/** Conversions of a path read its text at once instead of its JSON. */
const PATH_READERS: Readonly<Record<string, (text: string) => string>> = {
  tostring: (text) => `coalesce(${text}, '')`,
};

function printWindow(expr: WindowExpr, printer: ExpressionPrinter): string {
  const args = expr.args.map((arg) => printExpression(arg, printer));
  const [value = 'null', second = 'null', third = 'null'] = args;
  const text = expr.type === 'string' ? (sql: string) => `coalesce(${sql}, '')` : (sql: string) => sql;
  switch (expr.name) {
    case 'row_number':
      return `(row_number() over () - 1 + ${value})`;
    case 'row_cumsum':
      return `cast(coalesce(sum(${value}) over (rows unbounded preceding), 0) as ${expr.type === 'real' ? 'double' : expr.type === 'decimal' ? 'decimal(38,18)' : 'bigint'})`;
    case 'prev':
      return text(`lag(${value}, ${second}, ${third}) over ()`);
    case 'next':
      return text(`lead(${value}, ${second}, ${third}) over ()`);
    default:
      throw new Error(`There is no printer for the window function ${expr.name}.`);
  }
}
