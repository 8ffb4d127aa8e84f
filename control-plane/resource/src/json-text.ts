import type { Diagnostic, JsonValue } from '@vigia/contract';
import { pathText } from './check-body.ts';

/** Where something stands in a text; `line` and `column` are 1-based. */
export type TextPlace = Pick<Diagnostic, 'start' | 'length' | 'line' | 'column'>;

export function placeAt(text: string, start: number, length = 0): TextPlace {
  const before = text.slice(0, start);
  return { start, length, line: before.split('\n').length, column: start - before.lastIndexOf('\n') };
}

export interface JsonReading {
  readonly value?: JsonValue;
  /** The first mistake of syntax. */
  readonly mistake?: { readonly message: string; readonly place: TextPlace };
  /** Where the value of a property stands, by its path (`properties.sampling.percentage`, `logs[0]`). */
  placeOf(path: string): TextPlace | undefined;
}

class JsonMistake extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** JSON with the places of its values, for whoever has to say where a mistake is. */
export function readJson(text: string): JsonReading {
  const places = new Map<string, readonly [number, number]>();
  const placeOf = (path: string): TextPlace | undefined => {
    const found = places.get(path);
    return found === undefined ? undefined : placeAt(text, ...found);
  };
  let at = 0;
  try {
    const value = readValue([]);
    skipSpace();
    if (at < text.length) throw new JsonMistake(`Expected the end of the file, found '${text[at]}'.`, at);
    return { value, placeOf };
  } catch (error) {
    if (!(error instanceof JsonMistake)) throw error;
    return { mistake: { message: error.message, place: placeAt(text, error.at, 1) }, placeOf };
  }

  function readValue(path: readonly (string | number)[]): JsonValue {
    skipSpace();
    const start = at;
    const value = readInner(path);
    places.set(pathText(path), [start, at - start]);
    return value;
  }

  function readInner(path: readonly (string | number)[]): JsonValue {
    const character = text[at];
    if (character === '{') return readObject(path);
    if (character === '[') return readList(path);
    if (character === '"') return readText();
    const word = /[-+.\w]+/y;
    word.lastIndex = at;
    const [found = ''] = word.exec(text) ?? [];
    if (found !== '') {
      try {
        const value = JSON.parse(found) as JsonValue;
        at += found.length;
        return value;
      } catch {
        throw new JsonMistake(`Expected a value, found '${found}'.`, at);
      }
    }
    throw new JsonMistake(`Expected a value, found ${nameOf(character)}.`, at);
  }

  function readObject(path: readonly (string | number)[]): JsonValue {
    const members: Record<string, JsonValue> = {};
    at += 1;
    skipSpace();
    if (text[at] === '}') {
      at += 1;
      return members;
    }
    for (;;) {
      skipSpace();
      if (text[at] !== '"')
        throw new JsonMistake(`Expected a property name in double quotes, found ${nameOf(text[at])}.`, at);
      const nameAt = at;
      const name = readText();
      if (Object.hasOwn(members, name)) throw new JsonMistake(`The property '${name}' is there twice.`, nameAt);
      skipSpace();
      if (text[at] !== ':') throw new JsonMistake(`Expected ':' after '${name}', found ${nameOf(text[at])}.`, at);
      at += 1;
      // Not by assignment: `__proto__` is a name like any other.
      Object.defineProperty(members, name, {
        value: readValue([...path, name]),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      skipSpace();
      if (text[at] === '}') {
        at += 1;
        return members;
      }
      if (text[at] !== ',') throw new JsonMistake(`Expected ',' or '}', found ${nameOf(text[at])}.`, at);
      at += 1;
    }
  }

  function readList(path: readonly (string | number)[]): JsonValue {
    const entries: JsonValue[] = [];
    at += 1;
    skipSpace();
    if (text[at] === ']') {
      at += 1;
      return entries;
    }
    for (;;) {
      entries.push(readValue([...path, entries.length]));
      skipSpace();
      if (text[at] === ']') {
        at += 1;
        return entries;
      }
      if (text[at] !== ',') throw new JsonMistake(`Expected ',' or ']', found ${nameOf(text[at])}.`, at);
      at += 1;
    }
  }

  function readText(): string {
    const whole = /"(?:[^"\\\n]|\\.)*"/y;
    whole.lastIndex = at;
    const [found] = whole.exec(text) ?? [];
    if (found === undefined) throw new JsonMistake("The text has no closing '\"' on its line.", at);
    try {
      const value = JSON.parse(found) as string;
      at += found.length;
      return value;
    } catch {
      throw new JsonMistake('The text has a character or an escape that JSON does not allow.', at);
    }
  }

  function skipSpace(): void {
    while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  }
}

const nameOf = (character: string | undefined): string =>
  character === undefined ? 'the end of the file' : `'${character}'`;
