/** Ticks (100 ns) of each unit that a timespan literal may end with. */
const UNITS: Readonly<Record<string, bigint>> = {
  d: 864_000_000_000n,
  day: 864_000_000_000n,
  days: 864_000_000_000n,
  h: 36_000_000_000n,
  hr: 36_000_000_000n,
  hrs: 36_000_000_000n,
  hour: 36_000_000_000n,
  hours: 36_000_000_000n,
  m: 600_000_000n,
  min: 600_000_000n,
  minute: 600_000_000n,
  minutes: 600_000_000n,
  s: 10_000_000n,
  sec: 10_000_000n,
  second: 10_000_000n,
  seconds: 10_000_000n,
  ms: 10_000n,
  milli: 10_000n,
  millis: 10_000n,
  millisec: 10_000n,
  millisecond: 10_000n,
  milliseconds: 10_000n,
  micro: 10n,
  micros: 10n,
  microsec: 10n,
  microsecond: 10n,
  microseconds: 10n,
  tick: 1n,
  ticks: 1n,
};

export const TICKS_PER_DAY = 864_000_000_000n;

/** `1.5h`, `3tick`, `1.02:03:04.5`, `2` (days). Undefined: no timespan. */
export function parseTimespan(text: string): bigint | undefined {
  const trimmed = text.trim().replace(/^["'](.*)["']$/, '$1');
  const unit = /^([-+]?)(\d+)(?:\.(\d+))?\s*([a-z]+)$/i.exec(trimmed);
  if (unit !== null) {
    const size = UNITS[(unit[4] ?? '').toLowerCase()];
    return size === undefined ? undefined : scale(unit[1], unit[2], unit[3], size);
  }
  const days = /^([-+]?)(\d+)(?:\.(\d+))?$/.exec(trimmed);
  if (days !== null) return scale(days[1], days[2], days[3], TICKS_PER_DAY);
  const clock = /^([-+]?)(?:(\d+)(?:\.|:(?=\d+:\d+:)))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/.exec(
    trimmed,
  );
  if (clock === null) return undefined;
  const [hours, minutes, seconds] = [clock[3], clock[4], clock[5]].map((part) => BigInt(part ?? '0'));
  if (hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  if (hours > 23n || minutes > 59n || seconds > 59n) return undefined;
  const fraction = BigInt((clock[6] ?? '').padEnd(7, '0') || '0');
  const whole = BigInt(clock[2] ?? '0') * TICKS_PER_DAY + ((hours * 60n + minutes) * 60n + seconds) * 10_000_000n;
  return clock[1] === '-' ? -(whole + fraction) : whole + fraction;
}

function scale(
  sign: string | undefined,
  whole: string | undefined,
  fraction: string | undefined,
  size: bigint,
): bigint {
  const decimals = fraction ?? '';
  const value = (BigInt(`${whole ?? '0'}${decimals}`) * size) / 10n ** BigInt(decimals.length);
  return sign === '-' ? -value : value;
}
