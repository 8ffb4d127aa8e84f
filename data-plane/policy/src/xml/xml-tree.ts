/** XML as data: what a body holds. Namespaces stay prefixes, as they were written. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly (XmlElement | string)[];
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
}

const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
const decode = (text: string): string =>
  text.replace(/&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#')) {
      const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }
    const known = entities[name];
    // A document type could define more; none is read, so nothing can be expanded without end.
    if (known === undefined) throw new XmlError(`The entity '${name}' is not known.`);
    return known;
  });

const namePattern = /[A-Za-z_\u0080-\uffff][\w.:\u0080-\uffff-]*/y;
const skipped = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!DOCTYPE', '>'],
] as const;
const maxDepth = 200;

/** Reads a well-formed document; throws XmlError. */
export function parseXml(text: string): XmlElement {
  const open: { name: string; attributes: [string, string][]; children: (XmlElement | string)[] }[] = [];
  let root: XmlElement | undefined;
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const fail = (message: string): never => {
    throw new XmlError(`${message} (at character ${offset})`);
  };
  const nameAt = (): string => {
    namePattern.lastIndex = offset;
    const name = namePattern.exec(text)?.[0] ?? fail('A name was expected.');
    offset += name.length;
    return name;
  };
  const skipBlanks = (): void => {
    while (/\s/.test(text[offset] ?? '')) offset++;
  };
  const addText = (piece: string): void => {
    const parent = open.at(-1);
    if (parent) parent.children.push(piece);
    else if (piece.trim() !== '') fail('Text stands outside of the root element.');
  };
  const close = (): void => {
    const element = open.pop();
    if (!element) return;
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  };
  while (offset < text.length) {
    const skip = skipped.find(([start]) => text.startsWith(start, offset));
    if (skip) {
      const end = text.indexOf(skip[1], offset);
      if (end < 0) fail(`'${skip[1]}' was expected.`);
      offset = end + skip[1].length;
    } else if (text.startsWith('<![CDATA[', offset)) {
      const end = text.indexOf(']]>', offset);
      if (end < 0) fail("']]>' was expected.");
      addText(text.slice(offset + 9, end));
      offset = end + 3;
    } else if (text.startsWith('</', offset)) {
      offset += 2;
      const name = nameAt();
      skipBlanks();
      if (text[offset] !== '>' || open.at(-1)?.name !== name) fail(`</${name}> closes no open element.`);
      offset++;
      close();
    } else if (text[offset] === '<') {
      offset++;
      const name = nameAt();
      if (root !== undefined) fail('A second root element was found.');
      if (open.length >= maxDepth) fail(`Elements are more than ${maxDepth} deep.`);
      const attributes: [string, string][] = [];
      for (;;) {
        skipBlanks();
        if (text[offset] === '>' || text.startsWith('/>', offset)) break;
        const attribute = nameAt();
        skipBlanks();
        if (text[offset] !== '=') fail('An attribute has a value.');
        offset++;
        skipBlanks();
        const quote = text[offset];
        if (quote !== '"' && quote !== "'") fail('An attribute has its value in quotes.');
        const end = text.indexOf(quote ?? '"', offset + 1);
        if (end < 0) fail('The value of an attribute does not end.');
        attributes.push([attribute, decode(text.slice(offset + 1, end))]);
        offset = end + 1;
      }
      open.push({ name, attributes, children: [] });
      if (text[offset] === '/') {
        offset += 2;
        close();
      } else offset++;
    } else {
      const end = text.indexOf('<', offset);
      addText(decode(text.slice(offset, end < 0 ? text.length : end)));
      offset = end < 0 ? text.length : end;
    }
  }
  if (open.length > 0) fail(`<${open.at(-1)?.name}> is not closed.`);
  return root ?? fail('There is no root element.');
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const escapeAttribute = (text: string): string => escapeText(text).replaceAll('"', '&quot;');

export function printXml({ name, attributes, children }: XmlElement): string {
  const tag = `${name}${attributes.map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`).join('')}`;
  if (children.length === 0) return `<${tag} />`;
  const inner = children.map((child) => (typeof child === 'string' ? escapeText(child) : printXml(child))).join('');
  return `<${tag}>${inner}</${name}>`;
}
