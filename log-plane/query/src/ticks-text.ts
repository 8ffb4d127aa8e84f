import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';

export const TICKS_PER_MILLISECOND = 10_000n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 86_400n * TICKS_PER_SECOND;
/** 9999-12-31T23:59:59.9999999Z */
export const MAX_TICKS = 3_155_378_975_999_999_999n;

/** Milliseconds since the Unix epoch to ticks (100 ns since 0001-01-01). */
export const ticksAt = (milliseconds: number): bigint =>
  BigInt(Math.trunc(milliseconds)) * TICKS_PER_MILLISECOND + TICKS_AT_UNIX_EPOCH;

/** As Log Analytics prints it: `2026-01-02T03:04:05.1234567Z`, without zeros at the end of the fraction. */
export function datetimeText(ticks: bigint): string {
  const fraction = ((ticks % TICKS_PER_SECOND) + TICKS_PER_SECOND) % TICKS_PER_SECOND;
  const iso = new Date(Number((ticks - TICKS_AT_UNIX_EPOCH - fraction) / TICKS_PER_MILLISECOND)).toISOString();
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0').replace(/0+$/, '')}`;
  return `${iso.slice(0, -5)}${digits}Z`;
}

/** As Kusto prints it: `1.02:03:04.5000000`; days and fraction only where they are not nought. */
export function timespanText(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const days = size / TICKS_PER_DAY;
  const seconds = (size % TICKS_PER_DAY) / TICKS_PER_SECOND;
  const fraction = size % TICKS_PER_SECOND;
  const clock = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(7, '0')}`;
  return `${ticks < 0n ? '-' : ''}${days === 0n ? '' : `${days}.`}${clock}${tail}`;
}
