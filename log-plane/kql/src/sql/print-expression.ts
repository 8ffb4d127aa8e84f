import { fillTemplate, type PrintedCall } from '../functions/entry.ts';
import { isInt } from '../functions/fact.ts';
import { FUNCTIONS } from '../functions/table.ts';
import type { CallExpr, Expr, PathExpr, WindowExpr } from '../plan/expression.ts';
import type { Relation } from '../plan/relation.ts';
import { jsonPaths } from './json-path.ts';
import { markNow } from './moments.ts';
import { printLiteral, SQL_TYPES } from './print-literal.ts';

export interface ExpressionPrinter {
  readonly relation: (relation: Relation) => string;
}

export function printExpression(expr: Expr, printer: ExpressionPrinter): string {
  switch (expr.kind) {
    case 'literal':
      return printLiteral(expr.type, expr.value);
    case 'moment':
      return markNow(expr.plus);
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
  return printFactCondition(expr, printer) ?? printExpression(expr, printer);
}

const ORDERS: Readonly<Record<string, string>> = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '==': '=' };

/** A kept number against a constant: the number itself is compared first, at a fraction of what its conversion costs. */
function printFactCondition(expr: Expr, printer: ExpressionPrinter): string | undefined {
  const operator = expr.kind === 'call' ? ORDERS[expr.name] : undefined;
  const [left, right] = expr.kind === 'call' ? expr.args : [];
  if (operator === undefined || right?.kind !== 'literal' || typeof right.value !== 'bigint') return undefined;
  const fact = left?.kind === 'call' && left.name === 'tolong' ? left.args[0] : left;
  if (fact?.kind !== 'call' || fact.name !== 'fact as' || (fact.type !== 'long' && fact.type !== 'int'))
    return undefined;
  const [kept] = fact.args;
  if (kept?.type !== 'long') return undefined;
  const value = printExpression(kept, printer);
  const compared = `${value} ${operator} ${printExpression(right, printer)}`;
  const whole = printExpression(expr, printer);
  if (fact.type === 'long') return `(${compared} or (${value} is null and ${whole}))`;
  return `(case when ${isInt(value)} then ${compared} else ${whole} end)`;
}

/** Text that may be no JSON is read only where it is: the engine raises on bad JSON, Kusto gives null. */
export function printPath(
  expr: PathExpr,
  printer: ExpressionPrinter,
  last: 'json_extract' | 'json_extract_string',
): string {
  const base = printExpression(expr.base, printer);
  const paths = jsonPaths(expr.steps);
  const start = expr.isText ? `case when ${expr.validity?.id ?? `json_valid(${base})`} then ${base} end` : base;
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
    args: expr.args.map((arg, index) => {
      const takes = entry.takes[Math.min(index, entry.takes.length - 1)];
      const sql = printExpression(arg, printer);
      const takesJson = takes === 'dynamic' || entry.usesOften === true;
      return takesJson && arg.type === 'dynamic' && mayFoldToNull(arg)
        ? `(case when random() <= 1 then ${sql} end)`
        : sql;
    }),
    exprs: expr.args,
    type: expr.type,
  };
  return `(${typeof entry.sql === 'string' ? fillTemplate(entry.sql, printed.args) : entry.sql(printed)})`;
}

/** The engine folds a constant null before it knows that a list is made of it, and then refuses the list's functions. */
function mayFoldToNull(expr: Expr): boolean {
  switch (expr.kind) {
    case 'literal':
      return expr.value === null;
    case 'call':
      return expr.args.every((arg) => arg.kind === 'literal' || mayFoldToNull(arg));
    case 'path':
      return expr.base.kind === 'literal' || mayFoldToNull(expr.base);
    case 'moment':
    case 'column':
    case 'scalar-subquery':
    case 'in-subquery':
    case 'window':
      return false;
  }
}

/** Conversions of a path read its text at once instead of its JSON. */
const PATH_READERS: Readonly<Record<string, (text: string) => string>> = {
  tostring: (text) => `coalesce(${text}, '')`,
};

function printWindow(expr: WindowExpr, printer: ExpressionPrinter): string {
  const args = expr.args.map((arg) => printExpression(arg, printer));
  const [value = 'null', second = 'null', third = 'null'] = args;
  const text = expr.type === 'string' ? (sql: string) => `coalesce(${sql}, '')` : (sql: string) => sql;
  const over = printOver(expr);
  const running = [over, 'rows unbounded preceding'].filter((part) => part !== '').join(' ');
  switch (expr.name) {
    case 'row_number':
      return expr.args.length === 0 ? `row_number() over (${over})` : `(row_number() over (${over}) - 1 + ${value})`;
    case 'row_cumsum':
      return `cast(coalesce(sum(${value}) over (${running}), 0) as ${SQL_TYPES[expr.type]})`;
    case 'segment':
    case 'row_rank_dense':
      return `coalesce(sum(case when ${value} then 1 else 0 end) over (${running}), 0)::bigint`;
    case 'row_rank_min':
      return `max(${value}) over (${running})`;
    case 'first':
      return `first_value(${value}) over (${running})`;
    case 'running max':
      return `max(${value}) over (${running})`;
    case 'session': {
      const later = `coalesce(list(${second}) filter (where ${second} is not null) over (${running}), [])`;
      const starts = `list_prepend(first_value(${value}) over (${running}), ${later})`;
      return `list_reduce(${starts}, lambda s, v: case when v >= s + ${third} then v else s end)`;
    }
    case 'lag':
      return `lag(${value}) over (${over})`;
    case 'prev':
      return text(`lag(${value}, ${second}, ${third}) over (${over})`);
    case 'next':
      return text(`lead(${value}, ${second}, ${third}) over (${over})`);
    default:
      throw new Error(`There is no printer for the window function ${expr.name}.`);
  }
}

function printOver({ partition = [], order = [] }: WindowExpr): string {
  const parts: string[] = [];
  if (partition.length > 0) parts.push(`partition by ${partition.map(({ id }) => id).join(', ')}`);
  const keys = order.map(
    ({ column, isDescending, nullsFirst }) =>
      `${column.id} ${isDescending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`,
  );
  if (keys.length > 0) parts.push(`order by ${keys.join(', ')}`);
  return parts.join(' ');
}
