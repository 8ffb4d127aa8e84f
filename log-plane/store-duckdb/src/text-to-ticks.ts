import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';

const TICKS_A_MS = 10_000n;
const DATETIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,7})\d*)?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?$/i;
const TIMESPAN = /^(-)?(?:(\d{1,8})\.)?(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,7}))?$/;
const LAST_TICK = 3_155_378_975_999_999_999n;

/** Ticks of an ISO 8601 text, to seven fractional digits; without a zone it is UTC. Undefined: no such time. */
export function datetimeTicks(text: string): bigint | undefined {
  const match = DATETIME.exec(text);
  if (match === null) return undefined;
  const [, date = '', time = '00:00', seconds = '00', fraction = '', sign, zoneHours = '0', zoneMinutes = '0'] = match;
  const whole = Date.parse(`${date}T${time}:${seconds}Z`);
  // JavaScript takes February 30 for March 1.
  if (Number.isNaN(whole) || new Date(whole).toISOString().slice(0, 10) !== date) return undefined;
  if (Number(zoneHours) > 14 || Number(zoneMinutes) > 59) return undefined;
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1);
  const ticks = TICKS_AT_UNIX_EPOCH + BigInt(whole - zone) * TICKS_A_MS + BigInt(fraction.padEnd(7, '0'));
  return ticks < 0n || ticks > LAST_TICK ? undefined : ticks;
}

/** Ticks of Kusto's `[-][d.]hh:mm:ss[.fffffff]`. */
export function timespanTicks(text: string): bigint | undefined {
  const match = TIMESPAN.exec(text);
  if (match === null) return undefined;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const inSeconds = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const ticks = inSeconds * 10_000_000n + BigInt(fraction.padEnd(7, '0'));
  return sign === undefined ? ticks : -ticks;
}
