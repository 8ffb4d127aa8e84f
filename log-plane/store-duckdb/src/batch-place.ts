import type { SpoolBatch, SpoolPosition } from '@vigia/store';

/**
 * Where a batch stands to what a spool has delivered.
 *
 * A place is taken once. `to` is the place after the batch, and it is kept in the transaction of its rows, so place and
 * rows are never apart. A batch is
 * - `new` where it begins at the place; or where it begins a later segment, for the spool's reader goes on to the next
 *   segment only when nothing is left in the one before, which may be a segment that the store never saw;
 * - `delivered` where it ends at or before the place: a delivery repeated after a crash. Nothing is written;
 * - `overlapping` where it begins before the place and ends after it. Some of its records are kept already and nobody
 *   can say which, so nothing is written: the append fails, the reader asks for the place and reads again from there;
 * - `gap` where it begins in the midst of a segment after the place: records are missing between. The same answer.
 */
export type BatchStanding = 'new' | 'delivered' | 'overlapping' | 'gap';

export function standingOf({ from, to }: SpoolBatch, place: SpoolPosition | undefined): BatchStanding {
  const beginsSegment = from.offset === 0;
  if (place === undefined) return beginsSegment ? 'new' : 'gap';
  if (compare(to, place) <= 0) return 'delivered';
  const start = compare(from, place);
  if (start === 0) return 'new';
  if (start < 0) return 'overlapping';
  return beginsSegment && from.segment > place.segment ? 'new' : 'gap';
}

const compare = (a: SpoolPosition, b: SpoolPosition): number => a.segment - b.segment || a.offset - b.offset;

/** Throws where the batch is no run of places at all. */
export function checkBatch({ source, from, to }: SpoolBatch): void {
  for (const { segment, offset } of [from, to])
    if (!Number.isSafeInteger(segment) || !Number.isSafeInteger(offset) || segment < 0 || offset < 0)
      throw new RangeError(`A batch of ${source} has a place that is none: ${segment}/${offset}.`);
  if (source === '' || compare(from, to) >= 0)
    throw new RangeError(`A batch of ${source} goes from ${textOf(from)} to ${textOf(to)}: it must go forward.`);
}

export const textOf = ({ segment, offset }: SpoolPosition): string => `${segment}/${offset}`;
