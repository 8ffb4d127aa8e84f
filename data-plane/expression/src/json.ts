import { formatDateTime, parseDateTime } from './date-time.ts';
import { typeOf } from './types.ts';
import { type DateTime, doubleText, raise, type V } from './values.ts';

/** Newtonsoft's tree. */
export abstract class JToken {
  abstract readonly type: ReturnType<typeof typeOf>;
  parent: JToken | null = null;
}
export class JValue extends JToken {
  override readonly type = typeOf('JValue');
  readonly kind: 'Integer' | 'Float' | 'String' | 'Boolean' | 'Null' | 'Date';
  /** Integer: bigint, Float: number, Date: DateTime. */
  readonly value: bigint | number | string | boolean | null | DateTime;
  constructor(kind: JValue['kind'], value: JValue['value']) {
    super();
    this.kind = kind;
    this.value = value;
  }
}
export class JProperty extends JToken {
  override readonly type = typeOf('JProperty');
  readonly name: string;
  value: JToken;
  constructor(name: string, value: JToken) {
    super();
    this.name = name;
    this.value = adopt(value, this);
  }
}
export class JObject extends JToken {
  override readonly type = typeOf('JObject');
  readonly properties = new Map<string, JProperty>();
  set(name: string, value: JToken): void {
    const property = this.properties.get(name);
    if (property) property.value = adopt(value, property);
    else this.add(new JProperty(name, value));
  }
  add(property: JProperty): void {
    if (this.properties.has(property.name)) {
      raise(
        'ArgumentException',
        `Can not add property ${property.name} to JObject. Property with the same name already exists on object.`,
      );
    }
    property.parent = this;
    this.properties.set(property.name, property);
  }
}
export class JArray extends JToken {
  override readonly type = typeOf('JArray');
  readonly items: JToken[] = [];
  add(item: JToken): void {
    this.items.push(adopt(item, this));
  }
}

/** A token that has a parent already is copied, as Newtonsoft does. */
export function adopt(token: JToken, parent: JToken): JToken {
  const own = token.parent === null || token.parent === parent ? token : cloneToken(token);
  own.parent = parent;
  return own;
}

export function cloneToken(token: JToken): JToken {
  if (token instanceof JValue) return new JValue(token.kind, token.value);
  if (token instanceof JProperty) return new JProperty(token.name, cloneToken(token.value));
  if (token instanceof JArray) {
    const copy = new JArray();
    for (const item of token.items) copy.add(cloneToken(item));
    return copy;
  }
  const copy = new JObject();
  for (const property of (token as JObject).properties.values())
    copy.add(new JProperty(property.name, cloneToken(property.value)));
  return copy;
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Strict JSON with Newtonsoft's reading of numbers and dates. */
export function parseJson(text: string): JToken {
  let at = 0;
  let depth = 0;
  const fail = (): never =>
    raise(
      'JsonReaderException',
      at >= text.length
        ? 'Unexpected end of JSON.'
        : `Unexpected character encountered while parsing value: ${text[at]}. Position ${at}.`,
    );
  const space = () => {
    while (/[\s\uFEFF]/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const quote = text[at];
    const start = at;
    at++;
    while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
    if (at >= text.length) fail();
    at++;
    const body = text.slice(start + 1, at - 1);
    try {
      const escaped = body.replace(
        /\p{Cc}/gu,
        (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      const json = quote === '"' ? escaped : escaped.replace(/\\'/g, "'").replace(/(?<!\\)"/g, '\\"');
      return JSON.parse(`"${json}"`) as string;
    } catch {
      return raise('JsonReaderException', 'Bad JSON escape sequence.');
    }
  };
  const value = (): JToken => {
    space();
    if (++depth > 512) raise('JsonReaderException', 'The JSON is nested too deeply.');
    try {
      const character = text[at];
      if (character === '{') {
        const object = new JObject();
        at++;
        for (;;) {
          space();
          if (text[at] === '}') break;
          if (text[at] !== '"' && text[at] !== "'") fail();
          const name = string();
          space();
          if (text[at] !== ':') fail();
          at++;
          object.set(name, value());
          space();
          if (text[at] === ',') at++;
          else if (text[at] !== '}') fail();
        }
        at++;
        return object;
      }
      if (character === '[') {
        const array = new JArray();
        at++;
        for (;;) {
          space();
          if (text[at] === ']') break;
          array.add(value());
          space();
          if (text[at] === ',') at++;
          else if (text[at] !== ']') fail();
        }
        at++;
        return array;
      }
      if (character === '"' || character === "'") {
        const content = string();
        const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?$/.test(content)
          ? parseDateTime(content)
          : undefined;
        return date ? new JValue('Date', date) : new JValue('String', content);
      }
      for (const [word, kind, constant] of [
        ['true', 'Boolean', true],
        ['false', 'Boolean', false],
        ['null', 'Null', null],
      ] as const) {
        if (text.startsWith(word, at)) {
          at += word.length;
          return new JValue(kind, constant);
        }
      }
      numberPattern.lastIndex = at;
      const number = numberPattern.exec(text)?.[0];
      if (number === undefined) return fail();
      at += number.length;
      return /[.eE]/.test(number) ? new JValue('Float', Number(number)) : new JValue('Integer', BigInt(number));
    } finally {
      depth--;
    }
  };
  const token = value();
  space();
  if (at < text.length) {
    raise('JsonReaderException', `Additional text encountered after finished reading JSON content: ${text[at]}.`);
  }
  return token;
}

const quoteJson = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\u007f');

export function printJson(token: JToken, isIndented: boolean, level = 0): string {
  const line = isIndented ? `\n${'  '.repeat(level + 1)}` : '';
  const end = isIndented ? `\n${'  '.repeat(level)}` : '';
  if (token instanceof JValue) {
    const { kind, value } = token;
    if (kind === 'Null' || value === null) return 'null';
    if (kind === 'String') return quoteJson(value as string);
    if (kind === 'Date') return `"${jsonDate(value as DateTime)}"`;
    if (kind === 'Float') {
      const number = value as number;
      if (!Number.isFinite(number)) return `"${doubleText(number)}"`;
      const text = doubleText(number, 15);
      const exact = Number(text) === number ? text : doubleText(number, 17);
      return /[.E]/.test(exact) ? exact : `${exact}.0`;
    }
    return String(value);
  }
  if (token instanceof JProperty)
    return `${quoteJson(token.name)}:${isIndented ? ' ' : ''}${printJson(token.value, isIndented, level)}`;
  const parts =
    token instanceof JArray
      ? token.items.map((item) => printJson(item, isIndented, level + 1))
      : [...(token as JObject).properties.values()].map((property) => printJson(property, isIndented, level + 1));
  const [open, close] = token instanceof JArray ? ['[', ']'] : ['{', '}'];
  return parts.length === 0 ? open + close : `${open}${line}${parts.join(`,${line}`)}${end}${close}`;
}

export const jsonDate = (date: DateTime): string => {
  const fraction = formatDateTime(date, 'FFFFFFF');
  const zone = date.kind === 1 ? 'Z' : date.kind === 2 ? '+00:00' : '';
  return `${formatDateTime(date, 'yyyy-MM-ddTHH:mm:ss')}${fraction ? `.${fraction}` : ''}${zone}`;
};

export const kindOf = (token: JToken): string =>
  token instanceof JValue
    ? token.kind
    : token instanceof JObject
      ? 'Object'
      : token instanceof JArray
        ? 'Array'
        : 'Property';
export const childrenOf = (token: JToken): V[] =>
  token instanceof JObject
    ? [...token.properties.values()]
    : token instanceof JArray
      ? token.items
      : token instanceof JProperty
        ? [token.value]
        : [];
