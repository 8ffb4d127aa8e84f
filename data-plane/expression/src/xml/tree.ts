import { pay } from '../runtime.ts';
import { type Type, typeOf } from '../type/types.ts';
import { raise } from '../value/values.ts';
import { printNode } from './print-xml.ts';
import { isXmlName, xmlnsName } from './xml-characters.ts';

export class XNamespace {
  readonly type = typeOf('XNamespace');
  readonly name: string;
  private constructor(name: string) {
    this.name = name;
  }
  static get = (name: string): XNamespace => new XNamespace(name);
  get equalityKey(): string {
    return `n${this.name}`;
  }
  displayText(): string {
    return this.name;
  }
}

export class XName {
  readonly type = typeOf('XName');
  readonly local: string;
  readonly namespace: string;
  private constructor(local: string, namespace: string) {
    this.local = local;
    this.namespace = namespace;
  }
  static get(local: string, namespace: string): XName {
    if (!isXmlName(local))
      raise('XmlException', local === '' ? 'The name is empty.' : `The '${local}' cannot be part of an XML name.`);
    return new XName(local, namespace);
  }
  /** `local` or `{namespace}local`. */
  static parse(text: string): XName {
    if (!text.startsWith('{')) return XName.get(text, '');
    const close = text.lastIndexOf('}');
    if (close < 1 || close === text.length - 1) raise('ArgumentException', `'${text}' is an invalid expanded name.`);
    return XName.get(text.slice(close + 1), text.slice(1, close));
  }
  get equalityKey(): string {
    return `x{${this.namespace}}${this.local}`;
  }
  equals(other: XName): boolean {
    return this.local === other.local && this.namespace === other.namespace;
  }
  displayText(): string {
    return this.namespace === '' ? this.local : `{${this.namespace}}${this.local}`;
  }
}

export abstract class XObject {
  abstract readonly type: Type;
  abstract readonly nodeType: string;
  parent: XContainer | null = null;
  constructor() {
    pay(128);
  }
  displayText(): string {
    return printNode(this, true);
  }
}
export class XAttribute extends XObject {
  override readonly type = typeOf('XAttribute');
  override readonly nodeType = 'Attribute';
  readonly name: XName;
  value: string;
  constructor(name: XName, value: string) {
    super();
    this.name = name;
    this.value = value;
  }
  get isNamespaceDeclaration(): boolean {
    return this.name.namespace === xmlnsName || (this.name.namespace === '' && this.name.local === 'xmlns');
  }
}
export abstract class XNode extends XObject {
  remove(): void {
    const parent = this.parent ?? raise('InvalidOperationException', 'The parent is missing.');
    parent.nodes.splice(parent.nodes.indexOf(this), 1);
    if (parent instanceof XElement && parent.nodes.length === 0) parent.hasContent = false;
    this.parent = null;
  }
  sibling(step: number): XNode | null {
    const { parent } = this;
    return parent ? (parent.nodes[parent.nodes.indexOf(this) + step] ?? null) : null;
  }
}
export class XText extends XNode {
  override readonly type: Type = typeOf('XText');
  override readonly nodeType: string = 'Text';
  value: string;
  constructor(value: string) {
    super();
    this.value = value;
  }
}
export class XCData extends XText {
  override readonly type = typeOf('XCData');
  override readonly nodeType = 'CDATA';
}
export class XComment extends XNode {
  override readonly type = typeOf('XComment');
  override readonly nodeType = 'Comment';
  value: string;
  constructor(value: string) {
    super();
    this.value = value;
  }
}
export class XProcessingInstruction extends XNode {
  override readonly type = typeOf('XProcessingInstruction');
  override readonly nodeType = 'ProcessingInstruction';
  readonly target: string;
  data: string;
  constructor(target: string, data: string) {
    super();
    this.target = target;
    this.data = data;
  }
}
export class XDocumentType extends XNode {
  override readonly type = typeOf('XDocumentType');
  override readonly nodeType = 'DocumentType';
  readonly name: string;
  readonly rest: string;
  constructor(name: string, rest: string) {
    super();
    this.name = name;
    this.rest = rest;
  }
}
export abstract class XContainer extends XNode {
  readonly nodes: XNode[] = [];
  addNode(node: XNode, at = this.nodes.length): void {
    const own = node.parent || node === this ? cloneNode(node) : node;
    own.parent = this;
    this.nodes.splice(at, 0, own);
  }
  *elements(): Iterable<XElement> {
    for (const node of [...this.nodes]) if (node instanceof XElement) yield node;
  }
  *descendants(): Iterable<XNode> {
    for (const node of [...this.nodes]) {
      yield node;
      if (node instanceof XContainer) yield* node.descendants();
    }
  }
  removeNodes(): void {
    for (const node of this.nodes) node.parent = null;
    this.nodes.splice(0);
  }
}
export class XElement extends XContainer {
  override readonly type = typeOf('XElement');
  override readonly nodeType = 'Element';
  name: XName;
  readonly attributes: XAttribute[] = [];
  /** `<a></a>` and not `<a />`: it had content, if an empty one. */
  hasContent = false;
  constructor(name: XName) {
    super();
    this.name = name;
  }
  get isEmpty(): boolean {
    return this.nodes.length === 0 && !this.hasContent;
  }
  get value(): string {
    let text = '';
    for (const node of this.descendants()) if (node instanceof XText) text += node.value;
    return text;
  }
  setValue(text: string): void {
    this.removeNodes();
    this.hasContent = true;
    if (text !== '') this.addNode(new XText(text));
  }
  addText(text: string): void {
    this.hasContent = true;
    const last = this.nodes.at(-1);
    if (last instanceof XText && !(last instanceof XCData)) last.value += text;
    else if (text !== '') this.addNode(new XText(text));
  }
  override removeNodes(): void {
    super.removeNodes();
    this.hasContent = false;
  }
  attribute(name: XName): XAttribute | null {
    return this.attributes.find((attribute) => attribute.name.equals(name)) ?? null;
  }
  addAttribute(attribute: XAttribute): void {
    if (this.attribute(attribute.name)) raise('InvalidOperationException', 'Duplicate attribute.');
    const own = attribute.parent ? new XAttribute(attribute.name, attribute.value) : attribute;
    own.parent = this;
    this.attributes.push(own);
  }
  removeAttribute(attribute: XAttribute): void {
    const index = this.attributes.indexOf(attribute);
    if (index >= 0) this.attributes.splice(index, 1);
    attribute.parent = null;
  }
}
export interface XDeclaration {
  readonly version: string | null;
  readonly encoding: string | null;
  readonly standalone: string | null;
}
export class XDocument extends XContainer {
  override readonly type = typeOf('XDocument');
  override readonly nodeType = 'Document';
  declaration: XDeclaration | null = null;
  get root(): XElement | null {
    for (const element of this.elements()) return element;
    return null;
  }
  override addNode(node: XNode, at = this.nodes.length): void {
    if (node instanceof XElement && this.root)
      raise('InvalidOperationException', 'This operation would create an incorrectly structured document.');
    if (node instanceof XText && node.value.trim() !== '')
      raise('ArgumentException', 'Non-whitespace characters cannot be added to content.');
    if (node instanceof XDocument) raise('ArgumentException', 'Cannot add or insert items of node type Document.');
    super.addNode(node, at);
  }
}

export function cloneNode(node: XNode): XNode {
  if (node instanceof XElement) {
    const copy = new XElement(node.name);
    for (const { name, value } of node.attributes) copy.addAttribute(new XAttribute(name, value));
    for (const child of node.nodes) copy.addNode(cloneNode(child));
    copy.hasContent = node.hasContent;
    return copy;
  }
  if (node instanceof XDocument) {
    const copy = new XDocument();
    copy.declaration = node.declaration;
    for (const child of node.nodes) copy.addNode(cloneNode(child));
    return copy;
  }
  if (node instanceof XCData) return new XCData(node.value);
  if (node instanceof XText) return new XText(node.value);
  if (node instanceof XComment) return new XComment(node.value);
  if (node instanceof XProcessingInstruction) return new XProcessingInstruction(node.target, node.data);
  return node instanceof XDocumentType ? new XDocumentType(node.name, node.rest) : node;
}
