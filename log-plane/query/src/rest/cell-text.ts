import type { KqlType } from '@vigia/contract';
import type { Cell } from '@vigia/store';
import { datetimeText, timespanText } from '../ticks-text.ts';

type CellPrinter = (cell: NonNullable<Cell>) => string;

const plain: CellPrinter = (cell) => JSON.stringify(String(cell));

/** A cell that is not null as JSON text, by the type of its column. */
const printers: Readonly<Record<KqlType, CellPrinter>> = {
  bool: (cell) => String(cell),
  int: (cell) => String(cell),
  // The digits themselves: a JSON number of any length, so nothing is lost on our side.
  long: (cell) => String(cell),
  // JSON has no word for these three; Kusto's answers say them as text.
  real: (cell) => (Number.isFinite(cell) ? String(cell) : `"${String(cell)}"`),
  // Text, because a JSON number of 34 digits does not survive most readers; 1.50 is 1.5.
  decimal: (cell) =>
    `"${String(cell)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '')}"`,
  datetime: (cell) => `"${datetimeText(BigInt(cell))}"`,
  timespan: (cell) => `"${timespanText(BigInt(cell))}"`,
  guid: plain,
  string: plain,
  // JSON in a JSON string, as Log Analytics answers.
  dynamic: plain,
};

export const cellPrinter = (type: KqlType): ((cell: Cell) => string) => {
  const print = printers[type];
  return (cell) => (cell === null ? 'null' : print(cell));
};
