import { type XmlElement, XmlError } from './xml-tree.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface XmlToJsonOptions {
  /** A child element is an array also where it stands alone. */
  readonly alwaysArrays: boolean;
}

/** The form of Json.NET: attributes as `@name`, text as `#text`, repeated elements as an array. */
export const xmlToJson = (root: XmlElement, options: XmlToJsonOptions): Json => ({
  [root.name]: contentOf(root, options),
});

function contentOf(element: XmlElement, options: XmlToJsonOptions): Json {
  const { attributes, children } = element;
  const elements = children.filter((child) => typeof child !== 'string');
  const text = children.filter((child) => typeof child === 'string').join('');
  const hasText = text.trim() !== '' || (elements.length === 0 && text !== '' && attributes.length === 0);
  if (attributes.length === 0 && elements.length === 0) return hasText ? text : null;
  const content = new Map<string, Json>(attributes.map(([name, value]) => [`@${name}`, value]));
  if (hasText) content.set('#text', text);
  for (const name of new Set(elements.map((child) => child.name))) {
    const same = elements.filter((child) => child.name === name).map((child) => contentOf(child, options));
    content.set(name, same.length > 1 || options.alwaysArrays ? same : (same[0] ?? null));
  }
  return Object.fromEntries(content);
}

export interface JsonToXmlOptions {
  /** Of the names of attributes. */
  readonly attributePrefix: string;
}

/** Json.NET's way back; what has not exactly one member gets the root `Document`. */
export function jsonToXml(value: unknown, options: JsonToXmlOptions): XmlElement {
  const [only, ...others] = isRecord(value) ? Object.entries(value) : [];
  if (only && others.length === 0 && !Array.isArray(only[1])) return elementOf(only[0], only[1], options);
  return elementOf('Document', Array.isArray(value) ? { Array: value } : value, options);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Characters that a name cannot hold are written as `_x0020_`, as .NET does. */
const encodeName = (name: string): string =>
  name.replace(/^[^A-Za-z_]|[^\w.:-]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `_x${code.toString(16).toUpperCase().padStart(4, '0')}_`;
  }) || '_';

function elementOf(name: string, value: unknown, options: JsonToXmlOptions): XmlElement {
  if (!isRecord(value)) {
    if (Array.isArray(value)) throw new XmlError('An array cannot be the root of a document.');
    const text = value === null || value === undefined ? '' : String(value);
    return { name: encodeName(name), attributes: [], children: text === '' ? [] : [text] };
  }
  const attributes: [string, string][] = [];
  const children: (XmlElement | string)[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (key === '#text' || key === '#cdata-section') children.push(String(member ?? ''));
    else if (key.startsWith(options.attributePrefix) && !isRecord(member) && !Array.isArray(member)) {
      attributes.push([encodeName(key.slice(options.attributePrefix.length)), String(member ?? '')]);
    } else if (Array.isArray(member)) {
      for (const one of member) children.push(elementOf(key, Array.isArray(one) ? { [key]: one } : one, options));
    } else children.push(elementOf(key, member, options));
  }
  return { name: encodeName(name), attributes, children };
}
