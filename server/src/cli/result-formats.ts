import type { QueryTable } from './azure-client.ts';
import { renderTable } from './table.ts';

export type ResultFormat = 'table' | 'json' | 'csv' | 'markdown';

const numeric = new Set(['int', 'long', 'real', 'decimal']);

/** The rows of a query as text. JSON is an array of objects with the values as the REST gave them. */
export const resultFormats: Readonly<Record<ResultFormat, (table: QueryTable, width: number | undefined) => string>> = {
  table: ({ columns, rows }, width) =>
    renderTable(
      columns.map(({ name, type }) => ({ title: name, isRight: numeric.has(type) })),
      rows.map((row) => row.map(cellText)),
      width,
    ),
  json: ({ columns, rows }) =>
    `${JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null]))),
      undefined,
      2,
    )}\n`,
  // RFC 4180: CRLF, quotes doubled.
  csv: ({ columns, rows }) =>
    [columns.map(({ name }) => name), ...rows.map((row) => row.map(cellText))]
      .map(
        (row) =>
          `${row.map((cell) => (/[",\r\n]/.test(cell) || /^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`,
      )
      .join(''),
  markdown: ({ columns, rows }) =>
    [
      markdownRow(columns.map(({ name }) => name)),
      `|${columns.map(({ type }) => (numeric.has(type) ? ' ---: ' : ' --- ')).join('|')}|`,
      ...rows.map((row) => markdownRow(row.map(cellText))),
      '',
    ].join('\n'),
};

const markdownRow = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;

const markdownCell = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('`', '\\`')
    .replace(/[*_[\]]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '<br>');

export const cellText = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);
