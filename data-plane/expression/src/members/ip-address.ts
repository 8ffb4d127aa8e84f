import { isIPv4, isIPv6 } from 'node:net';
import { defineType } from '../member-table.ts';
import { typeOf } from '../type/types.ts';
import { bytesIn, bytesItems, given, Native, raise, type V } from '../value/values.ts';

const type = typeOf('IPAddress');
interface State {
  readonly bytes: Uint8Array;
  readonly scope: string;
  readonly text: string;
}
function make(bytes: Uint8Array, scope = ''): Native {
  return new Native(type, { bytes, scope, text: textOf(bytes, scope) } satisfies State);
}

/** Also `1`, `0x7f.1`: the forms that inet_aton takes. Undefined where the text is no address. */
function read(source: string): Native | undefined {
  const text = source.replace(/^\[(.*)\](?::\d+)?$/, '$1');
  if (text.includes(':')) {
    const [address = '', scope = ''] = text.split('%');
    return isIPv6(address) ? make(readV6(address), scope) : undefined;
  }
  if (isIPv4(text)) return make(Uint8Array.from(text.split('.').map(Number)));
  const parts = text.split('.');
  if (parts.length > 4 || parts.some((part) => !/^(0[xX][0-9a-fA-F]+|\d+)$/.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  const bytes = new Uint8Array(4);
  bytes.set(numbers);
  for (let i = 3, rest = last; i >= numbers.length; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return make(bytes);
}
function readV6(address: string): Uint8Array {
  const v4 = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain = v4
    ? address.slice(0, v4.index) +
      ((Number(v4[1]) << 8) | Number(v4[2])).toString(16) +
      ':' +
      ((Number(v4[3]) << 8) | Number(v4[4])).toString(16)
    : address;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
}
function textOf(bytes: Uint8Array, scope: string): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return `::ffff:${bytes.slice(12).join('.')}`;
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) [start, length] = [i, run];
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(':');
  const text = start < 0 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
  return scope === '' ? text : `${text}%${scope}`;
}
const isLoopback = ({ bytes }: State): boolean =>
  bytes.length === 4 ? bytes[0] === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0));
const stateOf = (value: V): State => given(value).state;

export function defineIpAddress(): void {
  defineType({
    type: 'IPAddress',
    members: {
      'new(byte[])': (_s, [b]) => {
        const bytes = bytesIn(b);
        return bytes.length === 4 || bytes.length === 16
          ? make(bytes.slice())
          : raise('ArgumentException', 'An invalid IP address was specified.');
      },
      'AddressFamily:AddressFamily': (a) => (a.state.bytes.length === 4 ? 2 : 23),
      'GetAddressBytes():byte[]': (a) => bytesItems(a.state.bytes.slice()),
      'IsIPv4MappedToIPv6:bool': (a) => a.state.text.startsWith('::ffff:') && a.state.text.includes('.'),
      'ToString():string': (a) => a.state.text,
      'Equals(object):bool': (a, [x]) => x instanceof Native && x.type === type && x.state.text === a.state.text,
      'MapToIPv4():IPAddress': (a) => (a.state.bytes.length === 4 ? a : make(a.state.bytes.slice(12))),
    },
    statics: {
      'Any:IPAddress': () => make(new Uint8Array(4)),
      'Loopback:IPAddress': () => make(Uint8Array.of(127, 0, 0, 1)),
      'IPv6Loopback:IPAddress': () => make(Uint8Array.from({ length: 16 }, (_, index) => (index === 15 ? 1 : 0))),
      'IsLoopback(IPAddress):bool': (_s, [a]) => isLoopback(stateOf(a)),
      'Parse(string):IPAddress': (_s, [x]) =>
        read(given(x)) ?? raise('FormatException', 'An invalid IP address was specified.'),
      'TryParse(string,out IPAddress):bool': (_s, [x, out]) => {
        const found = x === null ? undefined : read(x);
        out(found ?? null);
        return found !== undefined;
      },
    },
  });
}
