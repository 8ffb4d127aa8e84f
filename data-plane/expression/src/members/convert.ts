import { toBoolean, toDateTime, toNumber, toText } from '../convert/convert-value.ts';
import { defineType, type Implementation } from '../member-table.ts';
import { enumTypes } from '../type/enums.ts';
import { keywordTypes } from '../type/full-name.ts';
import { integers, isEnum, type Type, typeOf } from '../type/types.ts';
import { box, bytesIn, bytesItems, given, raise, runtimeType, type V, wrapInteger } from '../value/values.ts';

const sources = [
  'object',
  'string',
  'bool',
  'char',
  'sbyte',
  'byte',
  'short',
  'ushort',
  'int',
  'uint',
  'long',
  'ulong',
  'float',
  'double',
  'decimal',
  'DateTime',
];
const badBase = (): never => raise('ArgumentException', 'Invalid Base.');

/** `ToInt32(x)` for each source, from a value as object sees it. */
function converters(method: string, to: string, convert: (value: V) => V): Record<string, Implementation> {
  const members: Record<string, Implementation> = {};
  for (const from of sources) {
    const type = typeOf(from);
    members[`${method}(${from}):${to}`] =
      from === 'object' ? (_s, [x]) => convert(x) : (_s, [x]) => convert(box(type, x));
  }
  for (const from of ['object', 'string'])
    members[`${method}(${from},IFormatProvider):${to}`] = (_s, [x]) => convert(x);
  return members;
}

/** `Convert.ToString(255, 16)`. */
function inBase(value: V, base: number, name: string): string {
  if (![2, 8, 10, 16].includes(base)) badBase();
  if (base === 10) return String(value);
  return BigInt.asUintN(integers[name]?.bits ?? 64, BigInt(value)).toString(base);
}
function fromBase(text: V, base: number, to: Type): V {
  if (![2, 8, 10, 16].includes(base)) badBase();
  if (text === null) return toNumber(null, to);
  if (base === 10) return toNumber(text, to);
  const digits = base === 16 ? text.replace(/^0[xX]/, '') : text;
  const pattern = { 2: /^[01]+$/, 8: /^[0-7]+$/, 16: /^[0-9a-fA-F]+$/ }[base];
  if (digits === '') raise('ArgumentOutOfRangeException', 'Index was out of range.');
  if (!pattern?.test(digits)) raise('FormatException', 'Could not find any recognizable digits.');
  const value = BigInt((base === 16 ? '0x' : base === 8 ? '0o' : '0b') + digits);
  if (value >= 1n << BigInt(integers[to.name]?.bits ?? 64))
    raise('OverflowException', `Value was either too large or too small for an ${to.key}.`);
  return wrapInteger(value, to.name, false);
}
function toBase64(bytes: Uint8Array, hasLineBreaks: boolean): string {
  const text = Buffer.from(bytes).toString('base64');
  return hasLineBreaks ? text.replace(/.{76}(?=.)/g, '$&\r\n') : text;
}
export function fromBase64(text: V): V {
  const clean = given(text).replace(/[ \t\r\n]/g, '');
  const isWhole = clean.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(clean);
  if (!isWhole)
    raise(
      'FormatException',
      'The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, or an illegal character among the padding characters.',
    );
  return bytesItems(new Uint8Array(Buffer.from(clean, 'base64')));
}
function part(bytes: V, offset: number, length: number): Uint8Array {
  const all = bytesIn(bytes);
  if (offset < 0 || length < 0 || offset + length > all.length)
    raise('ArgumentOutOfRangeException', 'Offset and length must refer to a position in the array.');
  return all.subarray(offset, offset + length);
}
function typeCode(value: V): number {
  const codes = enumTypes['TypeCode'] ?? {};
  if (value === null) return codes['Empty'] ?? 0;
  const { name } = runtimeType(value);
  return codes[isEnum(runtimeType(value)) ? 'Int32' : (keywordTypes[name] ?? name)] ?? 1;
}

export function defineConvert(): void {
  const numbers: Record<string, Implementation> = {};
  for (const [keyword, name] of Object.entries(keywordTypes)) {
    if (['object', 'string', 'bool'].includes(keyword)) continue;
    const type = typeOf(keyword);
    Object.assign(
      numbers,
      converters(`To${name}`, keyword, (value) => toNumber(value, type)),
    );
    if (integers[keyword] && keyword !== 'char')
      numbers[`To${name}(string,int):${keyword}`] = (_s, [x, base]) => fromBase(x, base, type);
  }
  const texts: Record<string, Implementation> = {};
  for (const from of sources) {
    if (from === 'string') continue;
    const type = typeOf(from);
    const write: Implementation = (_s, [x]) => toText(box(type, x));
    texts[`ToString(${from}):string`] = write;
    texts[`ToString(${from},IFormatProvider):string`] = write;
  }
  for (const name of ['byte', 'short', 'int', 'long'])
    texts[`ToString(${name},int):string`] = (_s, [x, base]) => inBase(x, base, name);
  defineType({
    type: 'Convert',
    statics: {
      ...numbers,
      ...converters('ToBoolean', 'bool', toBoolean),
      ...converters('ToDateTime', 'DateTime', toDateTime),
      ...texts,
      'ToString(string):string': (_s, [x]) => x,
      'ToString(string,IFormatProvider):string': (_s, [x]) => x,
      'ToBase64String(byte[]):string': (_s, [b]) => toBase64(bytesIn(b), false),
      'ToBase64String(byte[],Base64FormattingOptions):string': (_s, [b, o]) => toBase64(bytesIn(b), o === 1),
      'ToBase64String(byte[],int,int):string': (_s, [b, i, n]) => toBase64(part(b, i, n), false),
      'FromBase64String(string):byte[]': (_s, [x]) => fromBase64(x),
      'GetTypeCode(object):TypeCode': (_s, [x]) => typeCode(x),
      'IsDBNull(object):bool': () => false,
    },
  });
  defineBitConverter();
}

function defineBitConverter(): void {
  const view = (bytes: V, at: number, size: number): DataView => {
    const all = bytesIn(bytes);
    if (at < 0 || at >= all.length) raise('ArgumentOutOfRangeException', 'Index was out of range.');
    if (at > all.length - size)
      raise('ArgumentException', 'Destination array is not long enough to copy all the items in the collection.');
    return new DataView(all.buffer, all.byteOffset + at, size);
  };
  const write =
    (size: number, set: (view: DataView, value: V) => void): Implementation =>
    (_s, [value]) => {
      const bytes = new Uint8Array(size);
      set(new DataView(bytes.buffer), value);
      return bytesItems(bytes);
    };
  const hex = (bytes: Uint8Array): string =>
    [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('-');
  defineType({
    type: 'BitConverter',
    statics: {
      'IsLittleEndian:bool': () => true,
      'ToString(byte[]):string': (_s, [b]) => hex(bytesIn(b)),
      'ToString(byte[],int):string': (_s, [b, i]) => hex(part(b, i, bytesIn(b).length - i)),
      'ToString(byte[],int,int):string': (_s, [b, i, n]) => hex(part(b, i, n)),
      'ToInt16(byte[],int):short': (_s, [b, i]) => view(b, i, 2).getInt16(0, true),
      'ToUInt16(byte[],int):ushort': (_s, [b, i]) => view(b, i, 2).getUint16(0, true),
      'ToInt32(byte[],int):int': (_s, [b, i]) => view(b, i, 4).getInt32(0, true),
      'ToUInt32(byte[],int):uint': (_s, [b, i]) => view(b, i, 4).getUint32(0, true),
      'ToInt64(byte[],int):long': (_s, [b, i]) => view(b, i, 8).getBigInt64(0, true),
      'ToUInt64(byte[],int):ulong': (_s, [b, i]) => view(b, i, 8).getBigUint64(0, true),
      'ToSingle(byte[],int):float': (_s, [b, i]) => view(b, i, 4).getFloat32(0, true),
      'ToDouble(byte[],int):double': (_s, [b, i]) => view(b, i, 8).getFloat64(0, true),
      'ToBoolean(byte[],int):bool': (_s, [b, i]) => view(b, i, 1).getUint8(0) !== 0,
      'ToChar(byte[],int):char': (_s, [b, i]) => view(b, i, 2).getUint16(0, true),
      'GetBytes(short):byte[]': write(2, (d, v) => d.setInt16(0, v, true)),
      'GetBytes(ushort):byte[]': write(2, (d, v) => d.setUint16(0, v, true)),
      'GetBytes(char):byte[]': write(2, (d, v) => d.setUint16(0, v, true)),
      'GetBytes(int):byte[]': write(4, (d, v) => d.setInt32(0, v, true)),
      'GetBytes(uint):byte[]': write(4, (d, v) => d.setUint32(0, v, true)),
      'GetBytes(long):byte[]': write(8, (d, v) => d.setBigInt64(0, v, true)),
      'GetBytes(ulong):byte[]': write(8, (d, v) => d.setBigUint64(0, v, true)),
      'GetBytes(float):byte[]': write(4, (d, v) => d.setFloat32(0, v, true)),
      'GetBytes(double):byte[]': write(8, (d, v) => d.setFloat64(0, v, true)),
      'GetBytes(bool):byte[]': write(1, (d, v) => d.setUint8(0, v ? 1 : 0)),
      'DoubleToInt64Bits(double):long': (_s, [v]) => new BigInt64Array(new Float64Array([v]).buffer)[0],
      'Int64BitsToDouble(long):double': (_s, [v]) => new Float64Array(new BigInt64Array([v]).buffer)[0],
    },
  });
}
