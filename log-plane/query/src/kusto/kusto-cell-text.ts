import type { KqlType } from '@vigia/contract';
import type { Cell } from '@vigia/store';
import { cellPrinter } from '../rest/cell-text.ts';

/** .NET's types, which v1 and schemas name beside KQL's. */
export const dataTypes: Readonly<Record<KqlType, string>> = {
  bool: 'SByte',
  int: 'Int32',
  long: 'Int64',
  real: 'Double',
  decimal: 'SqlDecimal',
  datetime: 'DateTime',
  timespan: 'TimeSpan',
  guid: 'Guid',
  string: 'String',
  dynamic: 'Object',
};

/** As v1 writes cells: a string is never null, a dynamic is its JSON as text. */
export const cellPrinterV1 = (type: KqlType): ((cell: Cell) => string) => {
  const print = cellPrinter(type);
  return type === 'string' ? (cell) => (cell === null ? '""' : print(cell)) : print;
};

/** As v2 writes them: a dynamic is the value itself. */
export const cellPrinterV2 = (type: KqlType): ((cell: Cell) => string) =>
  type === 'dynamic' ? (cell) => (cell === null ? 'null' : jsonOf(String(cell))) : cellPrinterV1(type);

/** A dynamic is kept as JSON text; a text that is none is a string. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}
