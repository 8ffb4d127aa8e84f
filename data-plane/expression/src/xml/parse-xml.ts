import { notSupported, raise } from '../value/values.ts';
import {
  XAttribute,
  XCData,
  XComment,
  type XContainer,
  type XDeclaration,
  XDocument,
  XDocumentType,
  XElement,
  XName,
  XProcessingInstruction,
} from './tree.ts';
import { forbiddenCharacter, xmlName, xmlnsName } from './xml-characters.ts';

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** `XDocument.Parse`; white space between tags goes, as without LoadOptions.PreserveWhitespace. */
export function parseXml(source: string, keepsSpace = false): XDocument {
  const text = source.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const bad = forbiddenCharacter(text);
  if (bad !== undefined)
    fail(
      `'.', hexadecimal value 0x${bad.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}, is an invalid character.`,
    );
  return new XmlReader(text, keepsSpace).document();
}
const fail = (message: string): never => raise('XmlException', message);

class XmlReader {
  readonly #text: string;
  readonly #keepsSpace: boolean;
  #at = 0;
  constructor(text: string, keepsSpace: boolean) {
    this.#text = text;
    this.#keepsSpace = keepsSpace;
  }
  #place(): string {
    const before = this.#text.slice(0, this.#at).split('\n');
    return ` Line ${before.length}, position ${(before.at(-1)?.length ?? 0) + 1}.`;
  }
  #fail(message: string): never {
    return fail(message + this.#place());
  }
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found) this.#at += found[0].length;
    return found;
  }
  #space(): boolean {
    return this.#match(/[ \t\n]+/y) !== null;
  }
  #name(): string {
    return (
      this.#match(/[\p{L}_:][\p{L}\p{N}\p{M}_.:\u00b7-]*/uy)?.[0] ??
      this.#fail(
        this.#at >= this.#text.length
          ? 'Unexpected end of file has occurred.'
          : `Name cannot begin with the '${this.#text[this.#at]}' character.`,
      )
    );
  }
  document(): XDocument {
    const document = new XDocument();
    document.declaration = this.#declaration();
    for (;;) {
      this.#space();
      if (this.#at >= this.#text.length) break;
      if (this.#text[this.#at] !== '<') this.#fail('Data at the root level is invalid.');
      if (this.#match(/<!DOCTYPE\s+([^\s>[]+)([^>[]*)(\[)?/y)) this.#doctype(document);
      else if (!this.#other(document)) {
        if (document.root) this.#fail('There are multiple root elements.');
        this.#element(
          document,
          new Map([
            ['', ''],
            ['xml', xmlName],
            ['xmlns', xmlnsName],
          ]),
          0,
        );
      }
    }
    if (!document.root) this.#fail('Root element is missing.');
    return document;
  }
  #doctype(document: XDocument): void {
    const start = this.#text.lastIndexOf('<!DOCTYPE', this.#at);
    if (this.#text[this.#at - 1] === '[') notSupported('A document type with declarations of its own');
    const match = /<!DOCTYPE\s+([^\s>[]+)([^>[]*)/y;
    match.lastIndex = start;
    const found = match.exec(this.#text);
    if (this.#text[this.#at] !== '>') this.#fail("'>' was expected.");
    this.#at++;
    document.addNode(new XDocumentType(found?.[1] ?? '', found?.[2]?.trimEnd() ?? ''));
  }
  #declaration(): XDeclaration | null {
    const found = this.#match(
      /<\?xml\s+version\s*=\s*(?:"([^"]*)"|'([^']*)')(?:\s+encoding\s*=\s*(?:"([^"]*)"|'([^']*)'))?(?:\s+standalone\s*=\s*(?:"([^"]*)"|'([^']*)'))?\s*\?>/y,
    );
    if (!found) {
      if (/^<\?xml[\s?]/.test(this.#text)) this.#fail('Syntax for an XML declaration is invalid.');
      return null;
    }
    return {
      version: found[1] ?? found[2] ?? null,
      encoding: found[3] ?? found[4] ?? null,
      standalone: found[5] ?? found[6] ?? null,
    };
  }
  /** Comments, processing instructions; false where an element or text stands. */
  #other(parent: XContainer): boolean {
    const comment = this.#match(/<!--([\s\S]*?)-->/y);
    if (comment) {
      if (comment[1]?.includes('--') || comment[1]?.endsWith('-')) this.#fail("An XML comment cannot contain '--'.");
      parent.addNode(new XComment(comment[1] ?? ''));
      return true;
    }
    const instruction = this.#match(/<\?([^\s?]+)(?:\s+([\s\S]*?))?\?>/y);
    if (!instruction) return false;
    if (/^xml$/i.test(instruction[1] ?? '')) this.#fail('Unexpected XML declaration.');
    parent.addNode(new XProcessingInstruction(instruction[1] ?? '', instruction[2] ?? ''));
    return true;
  }
  #element(parent: XContainer, outer: ReadonlyMap<string, string>, depth: number): void {
    if (depth > 500) this.#fail('The XML is nested too deeply.');
    this.#at++;
    const tag = this.#name();
    const raw: { name: string; value: string }[] = [];
    for (;;) {
      const hasSpace = this.#space();
      const next = this.#text[this.#at];
      if (next === '>' || next === '/') break;
      if (next === undefined) this.#fail('Unexpected end of file has occurred.');
      if (!hasSpace) this.#fail(`'${next}' is an unexpected token.`);
      const name = this.#name();
      this.#space();
      if (this.#text[this.#at] !== '=')
        this.#fail(`'${this.#text[this.#at] ?? ''}' is an unexpected token. The expected token is '='.`);
      this.#at++;
      this.#space();
      raw.push({ name, value: this.#attributeValue() });
      if (raw.filter((other) => other.name === name).length > 1) this.#fail(`'${name}' is a duplicate attribute name.`);
    }
    const scope = new Map(outer);
    for (const { name, value } of raw) {
      if (name === 'xmlns') scope.set('', value);
      else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value);
    }
    const element = new XElement(this.#qualified(tag, scope, false));
    for (const { name, value } of raw) {
      const attribute = new XAttribute(this.#qualified(name, scope, true), value);
      if (element.attribute(attribute.name)) this.#fail(`'${name}' is a duplicate attribute name.`);
      element.addAttribute(attribute);
    }
    parent.addNode(element);
    if (this.#match(/\/>/y)) return;
    if (!this.#match(/>/y)) this.#fail("'/' is an unexpected token. The expected token is '>'.");
    element.hasContent = true;
    this.#content(element, scope, depth);
    const close = this.#match(/<\/([^\s>]*)\s*>/y);
    if (!close) this.#fail('Unexpected end of file has occurred.');
    if (close?.[1] !== tag) this.#fail(`The '${tag}' start tag does not match the end tag of '${close?.[1] ?? ''}'.`);
  }
  #content(element: XElement, scope: ReadonlyMap<string, string>, depth: number): void {
    for (;;) {
      const next = this.#text.indexOf('<', this.#at);
      if (next < 0)
        this.#fail(
          `Unexpected end of file has occurred. The following elements are not closed: ${element.name.local}.`,
        );
      if (next > this.#at) {
        const raw = this.#text.slice(this.#at, next);
        if (raw.includes(']]>')) this.#fail("']]>' is not allowed in character data.");
        const isSpace = /^[ \t\n]*$/.test(raw);
        const value = this.#unescape(raw);
        this.#at = next;
        if (!isSpace || this.#keepsSpace) element.addText(value);
      }
      if (this.#text.startsWith('</', this.#at)) return;
      const data = this.#match(/<!\[CDATA\[([\s\S]*?)\]\]>/y);
      if (data) element.addNode(new XCData(data[1] ?? ''));
      else if (!this.#other(element)) this.#element(element, scope, depth + 1);
    }
  }
  #attributeValue(): string {
    const found = this.#match(/"([^"<]*)"|'([^'<]*)'/y);
    if (!found)
      return this.#fail(`'${this.#text[this.#at] ?? ''}' is an unexpected token. The expected token is '"' or '''.`);
    return this.#unescape((found[1] ?? found[2] ?? '').replace(/[\n\t]/g, ' '));
  }
  #unescape(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replace(
      /&(?:#x([0-9a-fA-F]+)|#(\d+)|([^;\s&]*));?/g,
      (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
        if (!whole.endsWith(';')) return this.#fail('An error occurred while parsing EntityName.');
        if (name !== undefined) return named[name] ?? this.#fail(`Reference to undeclared entity '${name}'.`);
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        if (!(code <= 0x10ffff) || forbiddenCharacter(String.fromCodePoint(code)) !== undefined)
          return this.#fail('Invalid character in the given encoding.');
        return String.fromCodePoint(code);
      },
    );
  }
  #qualified(name: string, scope: ReadonlyMap<string, string>, isAttribute: boolean): XName {
    const colon = name.indexOf(':');
    if (colon < 0) return XName.get(name, isAttribute ? '' : (scope.get('') ?? ''));
    const prefix = name.slice(0, colon);
    return XName.get(name.slice(colon + 1), scope.get(prefix) ?? this.#fail(`'${prefix}' is an undeclared prefix.`));
  }
}
