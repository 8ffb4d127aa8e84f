import type { Diagnostic } from '@vigia/contract';

/** Finds lines and columns, both 1-based, of one text. */
export function positionFinder(text: string): (offset: number) => { line: number; column: number } {
  const lineStarts = [0];
  for (let index = text.indexOf('\n'); index >= 0; index = text.indexOf('\n', index + 1)) lineStarts.push(index + 1);
  return (offset) => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
  };
}

/** Makes diagnostics of one text: offsets become lines and columns. */
export function diagnosticMaker(text: string) {
  const positionOf = positionFinder(text);
  return (mistake: Mistake): Diagnostic => {
    const start = Math.min(Math.max(mistake.start, 0), text.length);
    const { hint, subject } = mistake;
    return {
      code: mistake.code,
      severity: mistake.severity ?? 'error',
      message: mistake.message,
      start,
      length: Math.max(0, Math.min(mistake.length ?? 1, text.length - start)),
      ...positionOf(start),
      ...(hint === undefined ? {} : { hint }),
      ...(subject === undefined ? {} : { subject }),
    };
  };
}

/** A diagnostic before its line and column are known. */
export interface Mistake {
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly length?: number;
  readonly severity?: 'error' | 'warning';
  readonly hint?: string;
  readonly subject?: string;
}
