import { pay } from '../runtime.ts';
import { typeOf } from '../type/types.ts';
import { equalityKey, raise, type V } from '../value/values.ts';
import { printJson, valueText } from './print-json.ts';

export type JValueKind =
  | 'Integer'
  | 'Float'
  | 'String'
  | 'Boolean'
  | 'Null'
  | 'Undefined'
  | 'Date'
  | 'Raw'
  | 'Bytes'
  | 'Guid'
  | 'Uri'
  | 'TimeSpan'
  | 'Comment';

/** Newtonsoft's tree. */
export abstract class JToken {
  abstract readonly type: ReturnType<typeof typeOf>;
  parent: JToken | null = null;
  /** Of a container: goes up while its children change. */
  version = 0;
  constructor() {
    pay(128);
  }
  children(): JToken[] {
    return [];
  }
  removeChild(_child: JToken): void {}
  replaceChild(_child: JToken, _next: JToken): void {}
  displayText(): string {
    return printJson(this, true);
  }
}
export class JValue extends JToken {
  override readonly type = typeOf('JValue');
  kind: JValueKind;
  /**
   * Integer: bigint; Float: number or Decimal; String, Raw, Comment: string; Boolean: boolean; Date: DateTime or DateTimeOffset;
   * Bytes: byte[]; Guid, TimeSpan, Uri: those; Null, Undefined: null.
   */
  value: V;
  /** The text that a date or a number was read from. */
  readonly raw: string | undefined;
  constructor(kind: JValueKind, value: V, raw?: string) {
    super();
    this.kind = kind;
    this.value = value;
    this.raw = raw;
  }
  get equalityKey(): string {
    return `j${this.kind}:${this.value === null ? '' : String(equalityKey(this.value))}`;
  }
  override displayText(): string {
    return valueText(this);
  }
}
export class JRaw extends JValue {
  override readonly type = typeOf('JRaw') as JValue['type'];
  constructor(text: string | null) {
    super('Raw', text);
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
  override children(): JToken[] {
    return [this.value];
  }
  setValue(value: JToken): void {
    this.value = adopt(value, this);
  }
  override replaceChild(_child: JToken, next: JToken): void {
    this.setValue(next);
  }
  override removeChild(): void {
    raise('Newtonsoft.Json.JsonException', 'Cannot add or remove items from Newtonsoft.Json.Linq.JProperty.');
  }
}
export class JObject extends JToken {
  override readonly type = typeOf('JObject');
  readonly properties = new Map<string, JProperty>();
  override children(): JToken[] {
    return [...this.properties.values()];
  }
  get(name: string): JToken | null {
    return this.properties.get(name)?.value ?? null;
  }
  set(name: string, value: JToken): void {
    const property = this.properties.get(name);
    if (property) property.setValue(value);
    else this.add(new JProperty(name, value));
  }
  addFirst(given: JProperty): void {
    const others = [...this.properties.entries()];
    this.add(given);
    for (const [name] of others) this.properties.delete(name);
    for (const [name, property] of others) this.properties.set(name, property);
  }
  add(given: JProperty): void {
    if (this.properties.has(given.name))
      raise(
        'ArgumentException',
        `Can not add property ${given.name} to Newtonsoft.Json.Linq.JObject. Property with the same name already exists on object.`,
      );
    const property = adopt(given, this) as JProperty;
    this.properties.set(property.name, property);
    this.version++;
  }
  override removeChild(child: JToken): void {
    if (child instanceof JProperty && this.properties.get(child.name) === child) {
      this.properties.delete(child.name);
      child.parent = null;
      this.version++;
    }
  }
  override replaceChild(child: JToken, next: JToken): void {
    if (!(child instanceof JProperty) || !(next instanceof JProperty))
      raise('ArgumentException', 'Can not add a value to Newtonsoft.Json.Linq.JObject.');
    const all = [...this.properties.values()].map((property) =>
      property === child ? (adopt(next, this) as JProperty) : property,
    );
    this.properties.clear();
    for (const property of all) this.properties.set(property.name, property);
    child.parent = null;
  }
}
export class JArray extends JToken {
  override readonly type = typeOf('JArray');
  readonly items: JToken[] = [];
  override children(): JToken[] {
    return this.items;
  }
  add(item: JToken): void {
    this.items.push(adopt(item, this));
    this.version++;
  }
  insert(index: number, item: JToken): void {
    if (index < 0 || index > this.items.length)
      raise('ArgumentOutOfRangeException', 'Index must be within the bounds of the List.');
    this.items.splice(index, 0, adopt(item, this));
    this.version++;
  }
  override removeChild(child: JToken): void {
    const index = this.items.indexOf(child);
    if (index < 0) return;
    this.items.splice(index, 1);
    child.parent = null;
    this.version++;
  }
  override replaceChild(child: JToken, next: JToken): void {
    const index = this.items.indexOf(child);
    if (index < 0) return;
    child.parent = null;
    this.items[index] = adopt(next, this);
  }
}

/** A token that has a parent already is copied, as Newtonsoft does. */
export function adopt(token: JToken, parent: JToken): JToken {
  const own = token.parent === null && token !== parent ? token : cloneToken(token);
  own.parent = parent;
  return own;
}

export function cloneToken(token: JToken): JToken {
  if (token instanceof JRaw) return new JRaw(token.value);
  if (token instanceof JValue) return new JValue(token.kind, token.value);
  if (token instanceof JProperty) return new JProperty(token.name, cloneToken(token.value));
  if (token instanceof JArray) {
    const copy = new JArray();
    for (const item of token.items) copy.add(cloneToken(item));
    return copy;
  }
  const copy = new JObject();
  if (token instanceof JObject)
    for (const property of token.properties.values())
      copy.add(new JProperty(property.name, cloneToken(property.value)));
  return copy;
}

export const nullToken = (): JValue => new JValue('Null', null);
export const kindOf = (token: JToken): string =>
  token instanceof JValue
    ? token.kind
    : token instanceof JObject
      ? 'Object'
      : token instanceof JArray
        ? 'Array'
        : 'Property';

/** `choices[0].message`. */
export function pathOf(token: JToken): string {
  const parts: string[] = [];
  for (let current: JToken | null = token; current?.parent; current = current.parent) {
    const { parent } = current;
    if (current instanceof JProperty) {
      parts.unshift(
        /[\s.'"/\\[\](){}@$&*?:,;|<>=!#%^~`+-]/.test(current.name)
          ? `['${current.name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}']`
          : `.${current.name}`,
      );
    } else if (parent instanceof JArray) parts.unshift(`[${parent.items.indexOf(current)}]`);
  }
  return parts.join('').replace(/^\./, '');
}

export function deepEquals(a: JToken | null, b: JToken | null): boolean {
  if (a === null || b === null) return a === b;
  if (a instanceof JValue && b instanceof JValue) return sameValue(a, b);
  if (a instanceof JProperty && b instanceof JProperty) return a.name === b.name && deepEquals(a.value, b.value);
  if (a instanceof JArray && b instanceof JArray)
    return (
      a.items.length === b.items.length && a.items.every((item, index) => deepEquals(item, b.items[index] ?? null))
    );
  if (a instanceof JObject && b instanceof JObject)
    return (
      a.properties.size === b.properties.size &&
      [...a.properties.values()].every((property) => {
        const other = b.properties.get(property.name);
        return other !== undefined && deepEquals(property.value, other.value);
      })
    );
  return false;
}
/** Of one kind, and equal; 1 and 1.0 differ. */
export const sameValue = (a: JValue, b: JValue): boolean => a.equalityKey === b.equalityKey;
