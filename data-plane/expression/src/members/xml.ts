import { xmlName } from '../convert/xml-conversion.ts';
import { defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { enumTypes } from '../type/enums.ts';
import { type Type, typeOf } from '../type/types.ts';
import { sourceOf } from '../value/enumerate.ts';
import { given, Native, raise, Sequence, type V } from '../value/values.ts';
import { addContent, contentText } from '../xml/add-content.ts';
import { parseXml } from '../xml/parse-xml.ts';
import { printNode } from '../xml/print-xml.ts';
import {
  cloneNode,
  XAttribute,
  XCData,
  XComment,
  XContainer,
  XDocument,
  XDocumentType,
  XElement,
  XName,
  XNamespace,
  type XNode,
  XProcessingInstruction,
  XText,
} from '../xml/tree.ts';
import { xmlName as xmlNamespaceName, xmlnsName } from '../xml/xml-characters.ts';

const sequence = (name: string, items: () => Iterable<V>): Sequence => new Sequence(typeOf(name), items);
const elements = (items: () => Iterable<V>): Sequence => sequence('XElement', items);
function* only(items: Iterable<V>, name?: XName | null): Iterable<XElement> {
  for (const item of items) if (item instanceof XElement && (!name || item.name.equals(name))) yield item;
}
const find = (items: Iterable<V>, name: XName | null): XElement | null => {
  if (name) for (const element of only(items, name)) return element;
  return null;
};
function* ancestors(node: V): Iterable<XElement> {
  for (let current = node.parent; current; current = current.parent) if (current instanceof XElement) yield current;
}
function* siblings(node: XNode, step: 1 | -1): Iterable<XNode> {
  const nodes = node.parent?.nodes ?? [];
  const at = nodes.indexOf(node);
  yield* step === 1 ? nodes.slice(at + 1) : nodes.slice(0, at);
}
const documentOf = (node: V): XDocument | null => {
  let current = node;
  while (current.parent) current = current.parent;
  return current instanceof XDocument ? current : null;
};
function print(node: V, isIndented: boolean, r: Runtime): string {
  const text = printNode(node, isIndented);
  r.charge(text.length);
  r.steps(Math.ceil(text.length / 64));
  return text;
}
function load(text: V, r: Runtime, keepsSpace = false): XDocument {
  r.charge(given(text).length);
  r.steps(Math.ceil(text.length / 32));
  return parseXml(text, keepsSpace);
}
/** The body of a message as XML. */
export const loadXml = (text: V, type: Type, r: Runtime): V => {
  const document = load(text, r);
  return type.name === 'XElement' ? detached(document) : document;
};
function detached(document: XDocument): XElement {
  const { root } = document;
  if (!root) return raise('XmlException', 'Root element is missing.');
  root.remove();
  return root;
}
function setElementValue(parent: XElement, name: XName, value: V): void {
  const element = find(parent.nodes, name);
  if (value === null) element?.remove();
  else if (element) element.setValue(contentText(value));
  else {
    const added = new XElement(name);
    added.setValue(contentText(value));
    parent.addNode(added);
  }
}
function setAttributeValue(element: XElement, name: XName, value: V): void {
  const attribute = element.attribute(name);
  if (value === null) {
    if (attribute) element.removeAttribute(attribute);
  } else if (attribute) attribute.value = contentText(value);
  else element.addAttribute(new XAttribute(name, contentText(value)));
}
function replaceWith(node: XNode, content: V): void {
  const parent = node.parent ?? raise('InvalidOperationException', 'The parent is missing.');
  const at = parent.nodes.indexOf(node);
  node.remove();
  addContent(parent, content, at);
}
function addBeside(node: XNode, content: V, offset: number): void {
  const parent = node.parent ?? raise('InvalidOperationException', 'The parent is missing.');
  addContent(parent, content, parent.nodes.indexOf(node) + offset);
}
function removeAttributes(element: XElement): void {
  for (const attribute of [...element.attributes]) element.removeAttribute(attribute);
}
function deepEquals(a: V, b: V): boolean {
  return a === null || b === null ? a === b : a.nodeType === b.nodeType && printNode(a, false) === printNode(b, false);
}
const nodeType = (node: V): number => enumTypes['XmlNodeType']?.[node.nodeType] ?? 0;
const content =
  (make: (name: V) => XElement): Implementation =>
  (_s, [name, items]) => {
    const element = make(given(name));
    for (const item of items?.items ?? []) addContent(element, item);
    return element;
  };

export function defineXml(): void {
  defineNames();
  defineNodes();
  defineContainers();
}

function defineNames(): void {
  defineType({
    type: 'XName',
    members: {
      'LocalName:string': (n) => n.local,
      'NamespaceName:string': (n) => n.namespace,
      'Namespace:XNamespace': (n) => XNamespace.get(n.namespace),
      'ToString():string': (n) => n.displayText(),
    },
    statics: {
      'Get(string):XName': (_s, [x]) => xmlName(given(x)),
      'Get(string,string):XName': (_s, [local, namespace]) => XName.get(given(local), given(namespace)),
    },
  });
  defineType({
    type: 'XNamespace',
    members: {
      'NamespaceName:string': (n) => n.name,
      'GetName(string):XName': (n, [local]) => XName.get(given(local), n.name),
      'ToString():string': (n) => n.name,
    },
    statics: {
      'None:XNamespace': () => XNamespace.get(''),
      'Xml:XNamespace': () => XNamespace.get(xmlNamespaceName),
      'Xmlns:XNamespace': () => XNamespace.get(xmlnsName),
      'Get(string):XNamespace': (_s, [x]) => XNamespace.get(given(x)),
    },
  });
}

function defineNodes(): void {
  defineType({
    type: 'XObject',
    members: {
      'Parent:XElement': (n) => (n.parent instanceof XElement ? n.parent : null),
      'Document:XDocument': documentOf,
      'NodeType:XmlNodeType': nodeType,
      'BaseUri:string': () => '',
    },
  });
  defineType({
    type: 'XAttribute',
    bases: ['XObject'],
    members: {
      'new(XName,object)': (_s, [name, value]) => new XAttribute(given(name), contentText(given(value))),
      'new(XAttribute)': (_s, [other]) => new XAttribute(given(other).name, other.value),
      'Name:XName': (a) => a.name,
      'Value:string': (a) => a.value,
      'IsNamespaceDeclaration:bool': (a) => a.isNamespaceDeclaration,
      'NextAttribute:XAttribute': (a) =>
        a.parent instanceof XElement ? (a.parent.attributes[a.parent.attributes.indexOf(a) + 1] ?? null) : null,
      'PreviousAttribute:XAttribute': (a) =>
        a.parent instanceof XElement ? (a.parent.attributes[a.parent.attributes.indexOf(a) - 1] ?? null) : null,
      'SetValue(object)': (a, [value]) => {
        a.value = contentText(given(value));
      },
      'Remove()': (a) =>
        a.parent instanceof XElement
          ? a.parent.removeAttribute(a)
          : raise('InvalidOperationException', 'The parent is missing.'),
      'ToString():string': (a) => a.displayText(),
    },
    setters: {
      'Value:string': (a, [value]) => {
        a.value = given(value);
      },
    },
  });
  defineType({
    type: 'XNode',
    bases: ['XObject'],
    members: {
      'NextNode:XNode': (n) => n.sibling(1),
      'PreviousNode:XNode': (n) => n.sibling(-1),
      'Remove()': (n) => n.remove(),
      'ReplaceWith(object)': (n, [x]) => replaceWith(n, x),
      'ReplaceWith(params object[])': (n, [x]) => replaceWith(n, x),
      'AddAfterSelf(object)': (n, [x]) => addBeside(n, x, 1),
      'AddAfterSelf(params object[])': (n, [x]) => addBeside(n, x, 1),
      'AddBeforeSelf(object)': (n, [x]) => addBeside(n, x, 0),
      'AddBeforeSelf(params object[])': (n, [x]) => addBeside(n, x, 0),
      'Ancestors():IEnumerable<XElement>': (n) => elements(() => ancestors(n)),
      'Ancestors(XName):IEnumerable<XElement>': (n, [name]) => elements(() => only(ancestors(n), name)),
      'ElementsAfterSelf():IEnumerable<XElement>': (n) => elements(() => only(siblings(n, 1))),
      'ElementsAfterSelf(XName):IEnumerable<XElement>': (n, [name]) => elements(() => only(siblings(n, 1), name)),
      'ElementsBeforeSelf():IEnumerable<XElement>': (n) => elements(() => only(siblings(n, -1))),
      'ElementsBeforeSelf(XName):IEnumerable<XElement>': (n, [name]) => elements(() => only(siblings(n, -1), name)),
      'NodesAfterSelf():IEnumerable<XNode>': (n) => sequence('XNode', () => siblings(n, 1)),
      'NodesBeforeSelf():IEnumerable<XNode>': (n) => sequence('XNode', () => siblings(n, -1)),
      'ToString():string': (n, _a, r) => print(n, true, r),
      'ToString(SaveOptions):string': (n, [o], r) => print(n, (o & 1) === 0, r),
    },
    statics: { 'DeepEquals(XNode,XNode):bool': (_s, [a, b]) => deepEquals(a, b) },
  });
  defineType({
    type: 'XText',
    bases: ['XNode'],
    members: { 'new(string)': (_s, [x]) => new XText(given(x)), 'Value:string': (t) => t.value },
    setters: {
      'Value:string': (t, [value]) => {
        t.value = given(value);
      },
    },
  });
  defineType({ type: 'XCData', bases: ['XText'], members: { 'new(string)': (_s, [x]) => new XCData(given(x)) } });
  defineType({
    type: 'XComment',
    bases: ['XNode'],
    members: { 'new(string)': (_s, [x]) => new XComment(given(x)), 'Value:string': (c) => c.value },
    setters: {
      'Value:string': (c, [value]) => {
        c.value = given(value);
      },
    },
  });
  defineType({
    type: 'XProcessingInstruction',
    bases: ['XNode'],
    members: {
      'new(string,string)': (_s, [target, data]) => new XProcessingInstruction(given(target), given(data)),
      'Target:string': (p) => p.target,
      'Data:string': (p) => p.data,
    },
  });
  defineType({
    type: 'XDocumentType',
    bases: ['XNode'],
    members: {
      'new(string,string,string,string)': (_s, [name, publicId, systemId]) =>
        new XDocumentType(
          given(name),
          publicId ? ` PUBLIC "${publicId}" "${systemId ?? ''}"` : systemId ? ` SYSTEM "${systemId}"` : '',
        ),
      'Name:string': (d) => d.name,
    },
  });
}

function defineContainers(): void {
  const add: Implementation = (c, [items]) => {
    addContent(c, items);
  };
  const addFirst: Implementation = (c, [items]) => {
    addContent(c, items, 0);
  };
  const replaceNodes: Implementation = (c, [items]) => {
    c.removeNodes();
    addContent(c, items);
  };
  defineType({
    type: 'XContainer',
    bases: ['XNode'],
    members: {
      'Add(object)': add,
      'Add(params object[])': add,
      'AddFirst(object)': addFirst,
      'AddFirst(params object[])': addFirst,
      'Element(XName):XElement': (c, [name]) => find(c.nodes, name),
      'Elements():IEnumerable<XElement>': (c) => elements(() => c.elements()),
      'Elements(XName):IEnumerable<XElement>': (c, [name]) => elements(() => (name ? only(c.elements(), name) : [])),
      'Descendants():IEnumerable<XElement>': (c) => elements(() => only(c.descendants())),
      'Descendants(XName):IEnumerable<XElement>': (c, [name]) =>
        elements(() => (name ? only(c.descendants(), name) : [])),
      'DescendantNodes():IEnumerable<XNode>': (c) => sequence('XNode', () => c.descendants()),
      'Nodes():IEnumerable<XNode>': (c) => sequence('XNode', () => [...c.nodes]),
      'FirstNode:XNode': (c) => c.nodes[0] ?? null,
      'LastNode:XNode': (c) => c.nodes.at(-1) ?? null,
      'RemoveNodes()': (c) => c.removeNodes(),
      'ReplaceNodes(object)': replaceNodes,
      'ReplaceNodes(params object[])': replaceNodes,
    },
  });
  const replaceAll: Implementation = (e, [items]) => {
    e.removeNodes();
    removeAttributes(e);
    addContent(e, items);
  };
  defineType({
    type: 'XElement',
    bases: ['XContainer'],
    members: {
      'new(XName)': (_s, [name]) => new XElement(given(name)),
      'new(XName,object)': (_s, [name, item]) => {
        const element = new XElement(given(name));
        addContent(element, item);
        return element;
      },
      'new(XName,params object[])': content((name) => new XElement(name)),
      'new(XElement)': (_s, [other]) => cloneNode(given(other)),
      'Name:XName': (e) => e.name,
      'Value:string': (e) => e.value,
      'IsEmpty:bool': (e) => e.isEmpty,
      'HasElements:bool': (e) => e.nodes.some((node: XNode) => node instanceof XElement),
      'HasAttributes:bool': (e) => e.attributes.length > 0,
      'FirstAttribute:XAttribute': (e) => e.attributes[0] ?? null,
      'LastAttribute:XAttribute': (e) => e.attributes.at(-1) ?? null,
      'Attribute(XName):XAttribute': (e, [name]) => (name ? e.attribute(name) : null),
      'Attributes():IEnumerable<XAttribute>': (e) => sequence('XAttribute', () => [...e.attributes]),
      'Attributes(XName):IEnumerable<XAttribute>': (e, [name]) =>
        sequence('XAttribute', () => e.attributes.filter((a: XAttribute) => name && a.name.equals(name))),
      'AncestorsAndSelf():IEnumerable<XElement>': (e) => elements(() => [e, ...ancestors(e)]),
      'AncestorsAndSelf(XName):IEnumerable<XElement>': (e, [name]) => elements(() => only([e, ...ancestors(e)], name)),
      'DescendantsAndSelf():IEnumerable<XElement>': (e) => elements(() => only([e, ...e.descendants()])),
      'DescendantsAndSelf(XName):IEnumerable<XElement>': (e, [name]) =>
        elements(() => only([e, ...e.descendants()], name)),
      'DescendantNodesAndSelf():IEnumerable<XNode>': (e) => sequence('XNode', () => [e, ...e.descendants()]),
      'GetDefaultNamespace():XNamespace': (e) => XNamespace.get(declaredNamespace(e, '') ?? ''),
      'GetNamespaceOfPrefix(string):XNamespace': (e, [prefix]) => {
        const found = declaredNamespace(e, given(prefix));
        return found === undefined ? null : XNamespace.get(found);
      },
      'GetPrefixOfNamespace(XNamespace):string': (e, [namespace]) => declaredPrefix(e, given(namespace).name),
      'SetValue(object)': (e, [value]) => e.setValue(contentText(given(value))),
      'SetElementValue(XName,object)': (e, [name, value]) => setElementValue(e, given(name), value),
      'SetAttributeValue(XName,object)': (e, [name, value]) => setAttributeValue(e, given(name), value),
      'RemoveAll()': (e) => {
        e.removeNodes();
        removeAttributes(e);
      },
      'RemoveAttributes()': removeAttributes,
      'ReplaceAll(object)': replaceAll,
      'ReplaceAll(params object[])': replaceAll,
      'ReplaceAttributes(params object[])': (e, [items]) => {
        removeAttributes(e);
        addContent(e, items);
      },
    },
    setters: {
      'Name:XName': (e, [name]) => {
        e.name = given(name);
      },
      'Value:string': (e, [value]) => e.setValue(given(value)),
    },
    statics: {
      'Parse(string):XElement': (_s, [x], r) => detached(load(x, r)),
      'Parse(string,LoadOptions):XElement': (_s, [x, o], r) => detached(load(x, r, (o & 1) === 1)),
      'EmptySequence:IEnumerable<XElement>': () => elements(() => []),
    },
  });
  defineType({
    type: 'XDocument',
    bases: ['XContainer'],
    members: {
      'new()': () => new XDocument(),
      'new(params object[])': (_s, [items]) => {
        const document = new XDocument();
        for (const item of items?.items ?? []) addContent(document, item);
        return document;
      },
      'new(XDeclaration,params object[])': (_s, [declaration, items]) => {
        const document = new XDocument();
        document.declaration = declaration?.state ?? null;
        for (const item of items?.items ?? []) addContent(document, item);
        return document;
      },
      'new(XDocument)': (_s, [other]) => cloneNode(given(other)),
      'Root:XElement': (d) => d.root,
      'Declaration:XDeclaration': (d) => d.declaration && declarationOf(d.declaration),
      'DocumentType:XDocumentType': (d) => d.nodes.find((node: XNode) => node instanceof XDocumentType) ?? null,
    },
    setters: {
      'Declaration:XDeclaration': (d, [declaration]) => {
        d.declaration = declaration?.state ?? null;
      },
    },
    statics: {
      'Parse(string):XDocument': (_s, [x], r) => load(x, r),
      'Parse(string,LoadOptions):XDocument': (_s, [x, o], r) => load(x, r, (o & 1) === 1),
    },
  });
  defineType({
    type: 'XDeclaration',
    members: {
      'new(string,string,string)': (_s, [version, encoding, standalone]) =>
        declarationOf({ version, encoding, standalone }),
      'Version:string': (d) => d.state.version,
      'Encoding:string': (d) => d.state.encoding,
      'Standalone:string': (d) => d.state.standalone,
      'ToString():string': (d) => d.state.text,
    },
  });
}
function declarationOf({ version, encoding, standalone }: { version: V; encoding: V; standalone: V }): Native {
  const part = (name: string, value: V): string => (value === null ? '' : ` ${name}="${value}"`);
  const text = `<?xml${part('version', version ?? '1.0')}${part('encoding', encoding)}${part('standalone', standalone)}?>`;
  return new Native(typeOf('XDeclaration'), { version, encoding, standalone, text });
}
function declaredNamespace(element: XElement, prefix: string): string | undefined {
  if (prefix === 'xml') return xmlNamespaceName;
  for (const current of [element, ...ancestors(element)])
    for (const { name, value, isNamespaceDeclaration } of current.attributes)
      if (isNamespaceDeclaration && (name.namespace === '' ? '' : name.local) === prefix) return value;
  return undefined;
}
function declaredPrefix(element: XElement, namespace: string): string | null {
  for (const current of [element, ...ancestors(element)])
    for (const { name, value, isNamespaceDeclaration } of current.attributes)
      if (isNamespaceDeclaration && name.namespace !== '' && value === namespace) return name.local;
  return namespace === xmlNamespaceName ? 'xml' : null;
}

const each = (source: V, inner: (node: V) => Iterable<V>): Iterable<V> => ({
  *[Symbol.iterator]() {
    for (const node of sourceOf(source)) yield* inner(node);
  },
});
const nodesIn = (node: V): Iterable<V> => (node instanceof XContainer ? node.elements() : []);
const below = (node: V): Iterable<V> => (node instanceof XContainer ? node.descendants() : []);
/** Methods of sequences of elements and nodes; LINQ's table adds them. */
export const elementSequences: Record<string, Implementation> = {
  'Elements(this IEnumerable<XContainer>):IEnumerable<XElement>': (s) => elements(() => each(s, nodesIn)),
  'Elements(this IEnumerable<XContainer>,XName):IEnumerable<XElement>': (s, [name]) =>
    elements(() => only(each(s, nodesIn), name)),
  'Descendants(this IEnumerable<XContainer>):IEnumerable<XElement>': (s) => elements(() => only(each(s, below))),
  'Descendants(this IEnumerable<XContainer>,XName):IEnumerable<XElement>': (s, [name]) =>
    elements(() => only(each(s, below), name)),
  'DescendantsAndSelf(this IEnumerable<XElement>):IEnumerable<XElement>': (s) =>
    elements(() => only(each(s, (node) => [node, ...below(node)]))),
  'DescendantNodes(this IEnumerable<XContainer>):IEnumerable<XNode>': (s) => sequence('XNode', () => each(s, below)),
  'Nodes(this IEnumerable<XContainer>):IEnumerable<XNode>': (s) =>
    sequence('XNode', () => each(s, (node) => [...node.nodes])),
  'Attributes(this IEnumerable<XElement>):IEnumerable<XAttribute>': (s) =>
    sequence('XAttribute', () => each(s, (node) => [...node.attributes])),
  'Attributes(this IEnumerable<XElement>,XName):IEnumerable<XAttribute>': (s, [name]) =>
    sequence('XAttribute', () => each(s, (node) => node.attributes.filter((a: XAttribute) => a.name.equals(name)))),
  'Ancestors(this IEnumerable<XNode>):IEnumerable<XElement>': (s) => elements(() => each(s, ancestors)),
  'Remove(this IEnumerable<XNode>)': (s) => {
    for (const node of [...sourceOf(s)]) node.remove();
  },
  'Remove(this IEnumerable<XAttribute>)': (s) => {
    for (const attribute of [...sourceOf(s)]) attribute.parent?.removeAttribute(attribute);
  },
};
