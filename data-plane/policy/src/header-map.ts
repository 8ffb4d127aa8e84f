import type { Headers } from './context.ts';

interface HeaderEntry {
  readonly name: string;
  values: string[];
}

/** Case-insensitive headers; the order of insertion and the case of the first spelling are kept. */
export class HeaderMap implements Headers {
  readonly #entries = new Map<string, HeaderEntry>();

  constructor(entries: Iterable<readonly [name: string, values: string | readonly string[]]> = []) {
    for (const [name, values] of entries) {
      for (const value of typeof values === 'string' ? [values] : values) this.append(name, value);
    }
  }

  /** From Node's `rawHeaders`: name, value, name, value … */
  static fromRaw(raw: readonly string[]): HeaderMap {
    const headers = new HeaderMap();
    for (let index = 0; index + 1 < raw.length; index += 2) headers.append(raw[index] ?? '', raw[index + 1] ?? '');
    return headers;
  }

  /** Name, value, name, value …: what `http.request` and `response.writeHead` take. */
  toRaw(): string[] {
    const raw: string[] = [];
    for (const { name, values } of this.#entries.values()) for (const value of values) raw.push(name, value);
    return raw;
  }

  get(name: string): readonly string[] | undefined {
    return this.#entries.get(name.toLowerCase())?.values;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  set(name: string, values: readonly string[]): void {
    const key = name.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry) entry.values = [...values];
    else this.#entries.set(key, { name, values: [...values] });
  }

  append(name: string, value: string): void {
    const key = name.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry) entry.values.push(value);
    else this.#entries.set(key, { name, values: [value] });
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase());
  }

  *entries(): IterableIterator<readonly [name: string, values: readonly string[]]> {
    for (const { name, values } of this.#entries.values()) yield [name, values];
  }
}
