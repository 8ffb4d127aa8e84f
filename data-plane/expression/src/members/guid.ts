import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { parseGuid, readGuid } from '../convert/parse-guid.ts';
import { defineType } from '../member-table.ts';
import { formatGuid } from '../text/format.ts';
import { typeOf } from '../type/types.ts';
import { bytesIn, bytesItems, Guid, Native, raise, type V } from '../value/values.ts';

const empty = new Guid('00000000-0000-0000-0000-000000000000');
/** .NET keeps the first three parts in the byte order of the machine. */
function toBytes({ text }: Guid): Uint8Array {
  const b = Buffer.from(text.replaceAll('-', ''), 'hex');
  return new Uint8Array([
    ...b.subarray(0, 4).reverse(),
    ...b.subarray(4, 6).reverse(),
    ...b.subarray(6, 8).reverse(),
    ...b.subarray(8),
  ]);
}
function fromBytes(bytes: Uint8Array): Guid {
  if (bytes.length !== 16) raise('ArgumentException', 'Byte array for GUID must be exactly 16 bytes long.');
  const part = (from: number, to: number, isReversed: boolean): string => {
    const slice = Buffer.from(bytes.slice(from, to));
    return (isReversed ? slice.reverse() : slice).toString('hex');
  };
  return new Guid(
    [part(0, 4, true), part(4, 6, true), part(6, 8, true), part(8, 10, false), part(10, 16, false)].join('-'),
  );
}
const attempt = (found: Guid | undefined, out: (value: V) => void): boolean => {
  out(found ?? empty);
  return found !== undefined;
};

export function defineGuid(): void {
  defineType({
    type: 'Guid',
    bases: ['object', 'IComparable'],
    members: {
      'new(string)': (_s, [x]) => parseGuid(x),
      'new(byte[])': (_s, [b]) => fromBytes(bytesIn(b)),
      'ToByteArray():byte[]': (g) => bytesItems(toBytes(g)),
      'ToString():string': (g) => g.text,
      'ToString(string):string': (g, [f]) => formatGuid(g, f ?? ''),
      'ToString(string,IFormatProvider):string': (g, [f]) => formatGuid(g, f ?? ''),
      'CompareTo(Guid):int': (g, [x]) => (g.text < x.text ? -1 : g.text > x.text ? 1 : 0),
      'Equals(Guid):bool': (g, [x]) => g.text === x.text,
    },
    statics: {
      'NewGuid():Guid': () => new Guid(randomUUID()),
      'Empty:Guid': () => empty,
      'Parse(string):Guid': (_s, [x]) => parseGuid(x),
      'ParseExact(string,string):Guid': (_s, [x, form]) => parseGuid(x, form),
      'TryParse(string,out Guid):bool': (_s, [x, out]) => attempt(x === null ? undefined : readGuid(x), out),
      'TryParseExact(string,string,out Guid):bool': (_s, [x, form, out]) =>
        attempt(x === null ? undefined : readGuid(x, form), out),
    },
  });
  defineRandom();
}

/** Seeded ones follow the same generator, so that a seed gives one row of numbers. */
interface Source {
  next(limit: number): number;
  double(): number;
}
const secure: Source = {
  next: (limit) => (limit <= 0 ? 0 : randomInt(limit)),
  double: () => randomInt(2 ** 47) / 2 ** 47,
};
/** .NET Framework's generator of `new Random(seed)` (Knuth, subtractive). */
function seeded(seed: number): Source {
  const big = 2147483647;
  const state = new Array<number>(56).fill(0);
  let mj = 161803398 - (seed === -2147483648 ? big : Math.abs(seed));
  let mk = 1;
  state[55] = mj;
  for (let i = 1; i < 55; i++) {
    const ii = (21 * i) % 55;
    state[ii] = mk;
    mk = (mj - mk) | 0;
    if (mk < 0) mk += big;
    mj = state[ii] ?? 0;
  }
  for (let k = 1; k < 5; k++)
    for (let i = 1; i < 56; i++) {
      let value = ((state[i] ?? 0) - (state[1 + ((i + 30) % 55)] ?? 0)) | 0;
      if (value < 0) value += big;
      state[i] = value;
    }
  let [a, b] = [0, 21];
  const sample = (): number => {
    a = a >= 55 ? 1 : a + 1;
    b = b >= 55 ? 1 : b + 1;
    let value = ((state[a] ?? 0) - (state[b] ?? 0)) | 0;
    if (value === big) value--;
    if (value < 0) value += big;
    state[a] = value;
    return value;
  };
  const double = (): number => sample() * (1 / big);
  return { double, next: (limit) => (limit === big ? sample() : Math.trunc(double() * limit)) };
}

function defineRandom(): void {
  const random = typeOf('Random');
  defineType({
    type: 'Random',
    members: {
      'new()': () => new Native(random, secure),
      'new(int)': (_s, [seed]) => new Native(random, seeded(seed)),
      'Next():int': (g) => g.state.next(2147483647),
      'Next(int):int': (g, [n]) =>
        n < 0 ? raise('ArgumentOutOfRangeException', "'maxValue' must be greater than zero.") : g.state.next(n),
      'Next(int,int):int': (g, [a, b]) =>
        a > b
          ? raise('ArgumentOutOfRangeException', "'minValue' cannot be greater than maxValue.")
          : a + g.state.next(b - a),
      'NextDouble():double': (g) => g.state.double(),
      'NextBytes(byte[])': (g, [b]) => {
        const bytes = bytesIn(b);
        if (g.state === secure) bytes.set(randomBytes(bytes.length));
        else for (let i = 0; i < bytes.length; i++) bytes[i] = g.state.next(256);
      },
    },
  });
}
