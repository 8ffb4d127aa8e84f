import { readIsoDate, readTickDate } from '../text/date-parse.ts';
import { raise } from '../value/values.ts';
import { JArray, JObject, JProperty, type JToken, JValue } from './tokens.ts';

const readerError = (message: string): never => raise('JsonReaderException', message);
const number = /[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;
const name = /[\p{L}\p{Nd}_$]+/uy;
const words: Readonly<Record<string, () => JToken>> = {
  true: () => new JValue('Boolean', true),
  false: () => new JValue('Boolean', false),
  null: () => new JValue('Null', null),
  undefined: () => new JValue('Undefined', null),
  NaN: () => new JValue('Float', Number.NaN),
  Infinity: () => new JValue('Float', Number.POSITIVE_INFINITY),
  '-Infinity': () => new JValue('Float', Number.NEGATIVE_INFINITY),
};
const simple: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
  '/': '/',
};

/** What Newtonsoft's reader takes: single quotes, bare names, comments, trailing commas, NaN, hexadecimal; ISO texts are dates. */
export function parseJson(text: string): JToken {
  const reader = new Reader(text);
  reader.space();
  if (reader.at >= text.length)
    return readerError("Error reading JToken from JsonReader. Path '', line 0, position 0.");
  const token = reader.value();
  reader.space();
  if (reader.at < text.length)
    readerError(
      `Additional text encountered after finished reading JSON content: ${text[reader.at]}. Path '', line 1, position ${reader.at}.`,
    );
  return token;
}

class Reader {
  readonly text: string;
  at = 0;
  #depth = 0;
  constructor(text: string) {
    this.text = text;
  }
  #fail(): never {
    return readerError(
      this.at >= this.text.length
        ? `Unexpected end of content while loading JSON. Path '', line 1, position ${this.at}.`
        : `Unexpected character encountered while parsing value: ${this.text[this.at]}. Path '', line 1, position ${this.at}.`,
    );
  }
  space(): void {
    const { text } = this;
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code === 32 || (code >= 9 && code <= 13) || code === 0xfeff || code === 0xa0) this.at++;
      else if (code === 47) this.#comment();
      else return;
    }
  }
  #comment(): void {
    const { text } = this;
    const end =
      text[this.at + 1] === '*'
        ? text.indexOf('*/', this.at) + 2
        : text[this.at + 1] === '/'
          ? text.indexOf('\n', this.at) + 1
          : 0;
    if (end === 0 && text[this.at + 1] === '/') this.at = text.length;
    else if (end < 2) this.#fail();
    else this.at = end;
  }
  value(): JToken {
    this.space();
    if (++this.#depth > 512) readerError('The JSON is nested too deeply.');
    const token = this.#value();
    this.#depth--;
    return token;
  }
  #value(): JToken {
    const { text } = this;
    const character = text[this.at];
    switch (character) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
      case "'": {
        const content = this.#string();
        const first = content.charCodeAt(0);
        const date =
          first === 47 ? readTickDate(content) : first >= 48 && first <= 57 ? readIsoDate(content) : undefined;
        return date ? new JValue('Date', date, content) : new JValue('String', content);
      }
      case undefined:
        return this.#fail();
    }
    for (const [word, make] of Object.entries(words)) {
      if (text.startsWith(word, this.at)) {
        const next = text[this.at + word.length];
        if (next !== undefined && /[\w$]/.test(next)) this.#fail();
        this.at += word.length;
        return make();
      }
    }
    number.lastIndex = this.at;
    const found = number.exec(text)?.[0];
    if (found === undefined) return this.#fail();
    this.at += found.length;
    if (/[\w.$]/.test(text[this.at] ?? '')) this.#fail();
    return numberToken(found);
  }
  #object(): JToken {
    const { text } = this;
    const object = new JObject();
    this.at++;
    for (;;) {
      this.space();
      if (text[this.at] === '}') break;
      const key = this.#name();
      this.space();
      if (text[this.at] !== ':') this.#fail();
      this.at++;
      const value = this.value();
      const known = object.properties.get(key);
      if (known) known.setValue(value);
      else object.add(new JProperty(key, value));
      this.space();
      if (text[this.at] === ',') this.at++;
      else if (text[this.at] !== '}') this.#fail();
    }
    this.at++;
    return object;
  }
  #array(): JToken {
    const { text } = this;
    const array = new JArray();
    this.at++;
    for (;;) {
      this.space();
      if (text[this.at] === ']') break;
      if (text[this.at] === ',') array.add(new JValue('Undefined', null));
      else array.add(this.value());
      this.space();
      if (text[this.at] === ',') this.at++;
      else if (text[this.at] !== ']') this.#fail();
    }
    this.at++;
    return array;
  }
  #name(): string {
    const { text } = this;
    if (text[this.at] === '"' || text[this.at] === "'") return this.#string();
    name.lastIndex = this.at;
    const found = name.exec(text)?.[0];
    if (found === undefined) return this.#fail();
    this.at += found.length;
    return found;
  }
  #string(): string {
    const { text } = this;
    const quote = text[this.at] ?? '';
    this.at++;
    let result = '';
    let start = this.at;
    for (;;) {
      const character = text[this.at];
      if (character === undefined) readerError(`Unterminated string. Expected delimiter: ${quote}.`);
      if (character === quote) break;
      if (character !== '\\') {
        this.at++;
        continue;
      }
      result += text.slice(start, this.at);
      const letter = text[this.at + 1] ?? '';
      if (letter === 'u') {
        const digits = text.slice(this.at + 2, this.at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) readerError(`Invalid Unicode escape sequence: \\u${digits}.`);
        result += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += 6;
      } else {
        result += simple[letter] ?? readerError(`Bad JSON escape sequence: \\${letter}.`);
        this.at += 2;
      }
      start = this.at;
    }
    result += text.slice(start, this.at);
    this.at++;
    return result;
  }
}

function numberToken(found: string): JToken {
  const isNegative = found.startsWith('-');
  const digits = found.replace(/^[+-]/, '');
  if (/^0[xX]/.test(digits)) return new JValue('Integer', isNegative ? -BigInt(digits) : BigInt(digits));
  if (/^0[0-7]+$/.test(digits)) return new JValue('Integer', BigInt(`0o${digits.slice(1)}`));
  if (!/[.eE]/.test(digits)) return new JValue('Integer', isNegative ? -BigInt(digits) : BigInt(digits), found);
  const value = Number(found);
  return Number.isFinite(value)
    ? new JValue('Float', value, found)
    : readerError(`Input string '${found}' is not a valid number.`);
}
