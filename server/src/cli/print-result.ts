import type { TableColumns } from './command-spec.ts';
import type { Io } from './io.ts';
import { cellText } from './result-formats.ts';
import { renderTable } from './table.ts';

export const outputs = ['json', 'table', 'tsv'] as const;
export type Output = (typeof outputs)[number];

/** A command's result in the form that was asked for. */
export function printResult(io: Io, value: unknown, output: Output, columns: TableColumns | undefined): void {
  if (value === undefined) return;
  io.out(printers[output](value, columns, io.columns));
}

type Printer = (value: unknown, columns: TableColumns | undefined, width: number | undefined) => string;

const printers: Readonly<Record<Output, Printer>> = {
  json: (value) => `${JSON.stringify(value, undefined, 2)}\n`,
  tsv: (value) =>
    (Array.isArray(value) ? value : [value])
      .map(
        (row) =>
          `${(Array.isArray(row) ? row : isRecord(row) ? Object.values(row) : [row]).map(cellText).join('\t')}\n`,
      )
      .join(''),
  table(value, columns, width) {
    const rows = Array.isArray(value) ? value : [value];
    if (rows.some((row) => !isRecord(row)))
      return renderTable(
        [{ title: 'Result' }],
        rows.map((row) => [cellText(row)]),
        width,
      );
    const chosen = columns ?? scalarColumns(rows);
    return renderTable(
      Object.keys(chosen).map((title) => ({ title })),
      rows.map((row) => Object.values(chosen).map((read) => cellText((read as (row: unknown) => unknown)(row)))),
      width,
    );
  },
};

/** Where a command names no columns: the properties that are no objects, as az does. */
function scalarColumns(rows: readonly unknown[]): TableColumns {
  const names = new Set(
    rows.flatMap((row) => (isRecord(row) ? Object.keys(row).filter((name) => !isNested(row[name])) : [])),
  );
  return Object.fromEntries([...names].map((name) => [name, (row: Record<string, unknown>) => row[name]]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isNested = (value: unknown): boolean => typeof value === 'object' && value !== null;
