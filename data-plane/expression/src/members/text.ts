import { defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { formatComposite } from '../text/format.ts';
import { replaceText } from '../text/replace-text.ts';
import { textOf } from '../text/to-text.ts';
import { wellFormed } from '../text/well-formed.ts';
import { typeOf } from '../type/types.ts';
import { bytesIn, bytesItems, given, Items, Native, notSupported, raise, type V } from '../value/values.ts';

/** StringBuilder, Encoding, StringReader, StringWriter. */
export function defineText(): void {
  defineStringBuilder();
  defineEncoding();
  defineReaders();
}

// ── StringBuilder ─────────────────────────────────────────────────────────────────────────────────────────────────
export class StringBuilder {
  readonly type = typeOf('StringBuilder');
  text: string;
  constructor(text: string) {
    this.text = text;
  }
  displayText(): string {
    return this.text;
  }
}
const outOfRange = (): never =>
  raise(
    'ArgumentOutOfRangeException',
    'Index was out of range. Must be non-negative and less than the size of the collection.',
  );
const put = (b: StringBuilder, text: string, r: Runtime): StringBuilder => {
  r.charge(text.length);
  b.text += text;
  return b;
};
const insert = (b: StringBuilder, index: number, text: string, r: Runtime): StringBuilder => {
  if (index < 0 || index > b.text.length) outOfRange();
  r.charge(text.length);
  b.text = b.text.slice(0, index) + text + b.text.slice(index);
  return b;
};
const replaceIn = (b: StringBuilder, old: string, next: string, r: Runtime): StringBuilder => {
  if (old === '') raise('ArgumentException', 'Empty name is not legal.');
  b.text = replaceText(b.text, old, next, r);
  return b;
};

function defineStringBuilder(): void {
  const appended: Record<string, Implementation> = {};
  for (const name of [
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
    'object',
    'string',
  ]) {
    const type = typeOf(name);
    appended[`Append(${name}):StringBuilder`] = (b, [x], r) => put(b, textOf(type, x), r);
    appended[`Insert(int,${name}):StringBuilder`] = (b, [i, x], r) => insert(b, i, textOf(type, x), r);
  }
  const part = (text: string, start: number, count: number): string => {
    if (start < 0 || count < 0 || start + count > text.length) outOfRange();
    return text.slice(start, start + count);
  };
  defineType({
    type: 'StringBuilder',
    members: {
      'new()': () => new StringBuilder(''),
      'new(int)': () => new StringBuilder(''),
      'new(string)': (_s, [x]) => new StringBuilder(x ?? ''),
      'new(string,int)': (_s, [x]) => new StringBuilder(x ?? ''),
      'Length:int': (b) => b.text.length,
      'Capacity:int': (b) => Math.max(16, b.text.length),
      'this[int]:char': (b, [i]) =>
        i >= 0 && i < b.text.length
          ? b.text.charCodeAt(i)
          : raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.'),
      ...appended,
      'Append(char,int):StringBuilder': (b, [c, n], r) => {
        if (n < 0) outOfRange();
        r.charge(n);
        return put(b, String.fromCharCode(c).repeat(n), r);
      },
      'Append(char[]):StringBuilder': (b, [c], r) => put(b, c === null ? '' : String.fromCharCode(...c.items), r),
      'Append(string,int,int):StringBuilder': (b, [x, i, n], r) => put(b, part(x ?? '', i, n), r),
      'AppendLine():StringBuilder': (b, _a, r) => put(b, '\n', r),
      'AppendLine(string):StringBuilder': (b, [x], r) => put(b, `${x ?? ''}\n`, r),
      'AppendFormat(string,params object[]):StringBuilder': (b, [f, x], r) =>
        put(b, formatComposite(given(f), given(x).items, r), r),
      'Clear():StringBuilder': (b) => {
        b.text = '';
        return b;
      },
      'Remove(int,int):StringBuilder': (b, [i, n]) => {
        part(b.text, i, n);
        b.text = b.text.slice(0, i) + b.text.slice(i + n);
        return b;
      },
      'Replace(string,string):StringBuilder': (b, [a, x], r) => replaceIn(b, given(a), x ?? '', r),
      'Replace(char,char):StringBuilder': (b, [a, x], r) =>
        replaceIn(b, String.fromCharCode(a), String.fromCharCode(x), r),
      'ToString():string': (b) => b.text,
      'ToString(int,int):string': (b, [i, n]) => part(b.text, i, n),
      'Equals(StringBuilder):bool': (b, [x]) => x !== null && x.text === b.text,
    },
    setters: {
      'Length:int': (b, [n], r) => {
        if (n < 0) outOfRange();
        r.charge(n);
        b.text = b.text.slice(0, n).padEnd(n, '\0');
      },
      'Capacity:int': () => {},
      'this[int]:char': (b, [i, c]) => {
        if (i < 0 || i >= b.text.length) outOfRange();
        b.text = b.text.slice(0, i) + String.fromCharCode(c) + b.text.slice(i + 1);
      },
    },
  });
}

// ── Encoding ──────────────────────────────────────────────────────────────────────────────────────────────────────
interface Codec {
  readonly text: string;
  readonly webName: string;
  readonly encode: (text: string) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => string;
}
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();
const even = (bytes: Uint8Array): Buffer => Buffer.from(bytes.length % 2 === 0 ? bytes : bytes.subarray(0, -1));
const single = (limit: number) => ({
  encode: (text: string) =>
    Uint8Array.from(text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '??'), (c) =>
      c.charCodeAt(0) < limit ? c.charCodeAt(0) : 63,
    ),
  decode: (bytes: Uint8Array) =>
    Array.from(bytes, (byte) => String.fromCharCode(byte < limit ? byte : limit === 128 ? 63 : byte)).join(''),
});
const codecs: Readonly<Record<string, Codec>> = {
  UTF8: {
    text: 'System.Text.UTF8Encoding',
    webName: 'utf-8',
    encode: (text) => new Uint8Array(Buffer.from(wellFormed(text), 'utf8')),
    decode: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  },
  ASCII: { text: 'System.Text.ASCIIEncoding', webName: 'us-ascii', ...single(128) },
  Unicode: {
    text: 'System.Text.UnicodeEncoding',
    webName: 'utf-16',
    encode: (text) => new Uint8Array(Buffer.from(text, 'utf16le')),
    decode: (bytes) => even(bytes).toString('utf16le'),
  },
  BigEndianUnicode: {
    text: 'System.Text.UnicodeEncoding',
    webName: 'utf-16BE',
    encode: (text) => new Uint8Array(swapped(Buffer.from(text, 'utf16le'))),
    decode: (bytes) => swapped(even(bytes)).toString('utf16le'),
  },
  UTF32: {
    text: 'System.Text.UTF32Encoding',
    webName: 'utf-32',
    encode: (text) => new Uint8Array(Uint32Array.from([...wellFormed(text)], (c) => c.codePointAt(0) ?? 0xfffd).buffer),
    decode: (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength - (bytes.byteLength % 4));
      let text = '';
      for (let i = 0; i < view.byteLength; i += 4) {
        const code = view.getUint32(i, true);
        text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
      }
      return text;
    },
  },
  Latin1: { text: 'System.Text.Latin1Encoding', webName: 'iso-8859-1', ...single(256) },
};
const names: Readonly<Record<string, string>> = {
  'utf-8': 'UTF8',
  utf8: 'UTF8',
  ascii: 'ASCII',
  'us-ascii': 'ASCII',
  'utf-16': 'Unicode',
  'utf-16le': 'Unicode',
  unicode: 'Unicode',
  'utf-16be': 'BigEndianUnicode',
  'utf-32': 'UTF32',
  'iso-8859-1': 'Latin1',
  latin1: 'Latin1',
  'windows-1252': 'Latin1',
};
const encodings = new Map(Object.entries(codecs).map(([name, codec]) => [name, new Native(typeOf('Encoding'), codec)]));
const slice = (bytes: V, index: number, count: number): Uint8Array => {
  const all = bytesIn(bytes);
  if (index < 0 || count < 0 || index + count > all.length) outOfRange();
  return all.subarray(index, index + count);
};

function defineEncoding(): void {
  const encode = (e: V, text: string, r: Runtime): Items => {
    r.charge(given(text).length * 2);
    return bytesItems(e.state.encode(text));
  };
  defineType({
    type: 'Encoding',
    members: {
      'GetBytes(string):byte[]': (e, [x], r) => encode(e, x, r),
      'GetBytes(char[]):byte[]': (e, [c], r) =>
        encode(
          e,
          given(c)
            .items.map((code: number) => String.fromCharCode(code))
            .join(''),
          r,
        ),
      'GetString(byte[]):string': (e, [b]) => e.state.decode(bytesIn(b)),
      'GetString(byte[],int,int):string': (e, [b, i, n]) => e.state.decode(slice(b, i, n)),
      'GetByteCount(string):int': (e, [x]) => e.state.encode(given(x)).length,
      'GetCharCount(byte[]):int': (e, [b]) => e.state.decode(bytesIn(b)).length,
      'GetChars(byte[]):char[]': (e, [b]) =>
        new Items(typeOf('[]', [typeOf('char')]), codes(e.state.decode(bytesIn(b)))),
      'GetMaxByteCount(int):int': (e, [n]) => (e.state.webName === 'utf-8' ? (n + 1) * 3 : (n + 1) * 2),
      'GetPreamble():byte[]': (e) =>
        bytesItems(
          Uint8Array.from(
            e.state.webName === 'utf-8' ? [0xef, 0xbb, 0xbf] : e.state.webName === 'utf-16' ? [0xff, 0xfe] : [],
          ),
        ),
      'WebName:string': (e) => e.state.webName,
      'BodyName:string': (e) => e.state.webName,
      'HeaderName:string': (e) => e.state.webName,
      'EncodingName:string': (e) => e.state.webName,
    },
    statics: {
      ...Object.fromEntries(
        ['UTF8', 'ASCII', 'Unicode', 'BigEndianUnicode', 'UTF32'].map((name): [string, Implementation] => [
          `${name}:Encoding`,
          () => encodings.get(name) ?? null,
        ]),
      ),
      'Default:Encoding': () => encodings.get('UTF8') ?? null,
      'GetEncoding(string):Encoding': (_s, [name]) =>
        encodings.get(names[given(name).toLowerCase()] ?? '') ??
        raise('ArgumentException', `'${name}' is not a supported encoding name.`),
      'GetEncoding(int):Encoding': (_s, [page]) => {
        const found = {
          65001: 'UTF8',
          20127: 'ASCII',
          1200: 'Unicode',
          1201: 'BigEndianUnicode',
          12000: 'UTF32',
          28591: 'Latin1',
          1252: 'Latin1',
        }[page as number];
        return encodings.get(found ?? '') ?? notSupported(`The code page ${page}`);
      },
    },
  });
}
const codes = (text: string): number[] => Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

// ── StringReader, StringWriter ────────────────────────────────────────────────────────────────────────────────────
class StringReader {
  readonly type = typeOf('StringReader');
  readonly text: string;
  at = 0;
  constructor(text: string) {
    this.text = text;
  }
  line(): string | null {
    if (this.at >= this.text.length) return null;
    const pattern = /\r\n|\r|\n/g;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    const line = this.text.slice(this.at, found?.index ?? this.text.length);
    this.at = found ? found.index + found[0].length : this.text.length;
    return line;
  }
  rest(): string {
    const rest = this.text.slice(this.at);
    this.at = this.text.length;
    return rest;
  }
}
function defineReaders(): void {
  defineType({
    type: 'StringReader',
    members: {
      'new(string)': (_s, [x]) => new StringReader(given(x)),
      'ReadLine():string': (s) => s.line(),
      'ReadToEnd():string': (s) => s.rest(),
      'Read():int': (s) => (s.at < s.text.length ? s.text.charCodeAt(s.at++) : -1),
      'Peek():int': (s) => (s.at < s.text.length ? s.text.charCodeAt(s.at) : -1),
      'Close()': () => null,
      'Dispose()': () => null,
    },
  });
  const written: Record<string, Implementation> = {};
  for (const name of ['string', 'char', 'int', 'long', 'double', 'bool', 'decimal', 'object']) {
    const type = typeOf(name);
    written[`Write(${name})`] = (w, [x], r) => put(w, textOf(type, x), r);
    written[`WriteLine(${name})`] = (w, [x], r) => put(w, `${textOf(type, x)}\n`, r);
  }
  defineType({
    type: 'StringWriter',
    members: {
      'new()': () => Object.assign(new StringBuilder(''), { type: typeOf('StringWriter') }),
      ...written,
      'Write(string,params object[])': (w, [f, x], r) => put(w, formatComposite(given(f), given(x).items, r), r),
      'WriteLine()': (w, _a, r) => put(w, '\n', r),
      'WriteLine(string,params object[])': (w, [f, x], r) =>
        put(w, `${formatComposite(given(f), given(x).items, r)}\n`, r),
      'ToString():string': (w) => w.text,
      'Flush()': () => null,
      'Close()': () => null,
      'Dispose()': () => null,
    },
  });
}
