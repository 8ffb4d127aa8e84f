import { Boxed, DateTime, Decimal, equalityKey, Guid, TimeSpan, type V } from './values.ts';

/** `GetHashCode`: .NET's own for numbers, dates and GUIDs; stable for the rest, as .NET promises no more. */
export function hashOf(value: V): number {
  if (value === null || value === undefined) return 0;
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'bigint':
      return hashLong(value);
    case 'string':
      return hashText(value);
  }
  if (value instanceof Boxed) {
    const { type, value: raw } = value;
    if (type.name === 'char') return raw | (raw << 16);
    if (type.name === 'double')
      return raw === 0 ? 0 : hashLong(new BigInt64Array(new Float64Array([raw]).buffer)[0] ?? 0n);
    if (type.name === 'short') return (raw & 0xffff) | (raw << 16);
    return Number(raw) | 0;
  }
  if (value instanceof DateTime || value instanceof TimeSpan) return hashLong(value.ticks);
  if (value instanceof Guid) return hashGuid(value.text);
  if (value instanceof Decimal) return hashText(String(equalityKey(value)));
  const key = equalityKey(value);
  return typeof key === 'string' ? hashText(key) : hashText(String((value as { type?: { key: string } }).type?.key));
}
const hashLong = (value: bigint): number => Number(BigInt.asIntN(32, value) ^ BigInt.asIntN(32, value >> 32n)) | 0;
function hashText(text: string): number {
  let hash = 5381;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 33) ^ text.charCodeAt(i)) | 0;
  return hash;
}
function hashGuid(text: string): number {
  const hex = text.replaceAll('-', '');
  const number = (from: number, length: number): number => Number.parseInt(hex.slice(from, from + length), 16) | 0;
  return number(0, 8) ^ ((number(8, 4) << 16) | number(12, 4)) ^ ((number(20, 2) << 24) | number(30, 2));
}
