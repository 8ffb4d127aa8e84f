import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';
import { TICKS_PER_DAY } from './timespan.ts';

/** `2024-01-02T03:04:05.1234567Z` */
export function datetimeText(ticks: bigint): string {
  const sinceEpoch = ticks - TICKS_AT_UNIX_EPOCH;
  const fraction = ((ticks % 10_000_000n) + 10_000_000n) % 10_000_000n;
  const iso = new Date(Number((sinceEpoch - fraction) / 10_000n)).toISOString();
  return `${iso.slice(0, -5)}.${fraction.toString().padStart(7, '0')}Z`;
}

/** `1.02:03:04.5000000`; days and fraction only where they are not nought. */
export function timespanText(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const days = size / TICKS_PER_DAY;
  const seconds = (size % TICKS_PER_DAY) / 10_000_000n;
  const fraction = size % 10_000_000n;
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`;
  return `${ticks < 0n ? '-' : ''}${days === 0n ? '' : `${days}.`}${clock}${tail}`;
}
