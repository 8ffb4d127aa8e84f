import type { CompileOptions } from '../interface.ts';
import { printLiteral } from './print-literal.ts';

/**
 * now() and the time range are put into SQL last, so that a text's SQL can be kept for the next time. Until then a
 * mark stands for them, between characters that are in no SQL: the printers of texts and names leave none.
 */
const MARK = '\0';

export type TimeBound = 'start' | 'end';

export const markNow = (plus: bigint): string => `${MARK}${plus}${MARK}`;
export const markBound = (bound: TimeBound): string => `${MARK}${bound}${MARK}`;

/** The text with the moments of one query: now(), and the time range where it has one. */
export function fillMoments(template: string, { now, timespan }: Pick<CompileOptions, 'now' | 'timespan'>): string {
  return template
    .split(MARK)
    .map((piece, index) => {
      if (index % 2 === 0) return piece;
      if (piece !== 'start' && piece !== 'end') return printLiteral('datetime', now + BigInt(piece));
      if (timespan === undefined) throw new Error('The time range of the query is missing.');
      return String(timespan[piece]);
    })
    .join('');
}
