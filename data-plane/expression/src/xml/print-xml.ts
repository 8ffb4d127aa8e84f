import { raise } from '../value/values.ts';
import {
  XAttribute,
  XCData,
  XComment,
  XDocument,
  XDocumentType,
  XElement,
  type XName,
  type XNode,
  type XObject,
  XProcessingInstruction,
  XText,
} from './tree.ts';
import { forbiddenCharacter, xmlName, xmlnsName } from './xml-characters.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#xA;',
  '\r': '&#xD;',
  '\t': '&#x9;',
};
const checked = (text: string): string => {
  const bad = forbiddenCharacter(text);
  if (bad !== undefined)
    raise(
      'ArgumentException',
      `'.', hexadecimal value 0x${bad.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}, is an invalid character.`,
    );
  return text;
};
const textXml = (text: string): string =>
  checked(text).replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
const attributeXml = (text: string): string =>
  checked(text).replace(/[&<>"\n\r\t]/g, (character) => escapes[character] ?? character);

/** Prefix → namespace, as declared around a place. */
type Scope = ReadonlyMap<string, string>;
const rootScope: Scope = new Map([
  ['', ''],
  ['xml', xmlName],
  ['xmlns', xmlnsName],
]);

interface Writer {
  text: string;
  readonly isIndented: boolean;
  made: number;
}

/** `ToString()`; a document's leaves its declaration out. */
export function printNode(node: XObject, isIndented: boolean): string {
  const writer: Writer = { text: '', isIndented, made: 0 };
  if (node instanceof XAttribute) {
    const prefix =
      node.parent instanceof XElement ? prefixOf(scopeOf(node.parent), node.name.namespace, true) : undefined;
    return `${node.name.namespace === '' ? '' : `${prefix ?? 'p1'}:`}${node.name.local}="${attributeXml(node.value)}"`;
  }
  write(writer, node as XNode, rootScope, 0, false);
  return writer.text;
}
/** What an attribute sees around it. */
function scopeOf(element: XElement): Scope {
  const outer = element.parent instanceof XElement ? scopeOf(element.parent) : rootScope;
  return declared(element, outer);
}
function declared(element: XElement, outer: Scope): Map<string, string> {
  const scope = new Map(outer);
  for (const { name, value, isNamespaceDeclaration } of element.attributes)
    if (isNamespaceDeclaration) scope.set(name.namespace === '' ? '' : name.local, value);
  return scope;
}
function prefixOf(scope: Scope, namespace: string, needsPrefix: boolean): string | undefined {
  const all = [...scope].toReversed();
  return all.find(([prefix, name]) => name === namespace && !(needsPrefix && prefix === ''))?.[0];
}

/** `isMixed`: text stands beside it, so nothing is indented. Says whether text was written. */
function write(w: Writer, node: XNode, scope: Scope, level: number, isMixed: boolean): boolean {
  const indent = (): void => {
    if (w.isIndented && !isMixed && w.text !== '') w.text += `\n${'  '.repeat(level)}`;
  };
  if (node instanceof XText) {
    w.text +=
      node instanceof XCData ? `<![CDATA[${node.value.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : textXml(node.value);
    return true;
  }
  if (node instanceof XDocument) {
    for (const child of node.nodes) write(w, child, scope, level, isMixed);
    return false;
  }
  indent();
  if (node instanceof XComment) w.text += `<!--${node.value}-->`;
  else if (node instanceof XProcessingInstruction)
    w.text += `<?${node.target}${node.data === '' ? '' : ` ${node.data}`}?>`;
  else if (node instanceof XDocumentType) w.text += `<!DOCTYPE ${node.name}${node.rest}>`;
  else if (node instanceof XElement) writeElement(w, node, scope, level, isMixed);
  return false;
}

function writeElement(w: Writer, node: XElement, outer: Scope, level: number, isMixed: boolean): void {
  const scope = declared(node, outer);
  const declarations: string[] = [];
  const prefixFor = (name: XName, isAttribute: boolean): string => {
    if (isAttribute && name.namespace === '') return '';
    const known = prefixOf(scope, name.namespace, isAttribute);
    if (known !== undefined) return known;
    if (!isAttribute) {
      scope.set('', name.namespace);
      declarations.push(` xmlns="${attributeXml(name.namespace)}"`);
      return '';
    }
    w.made++;
    const prefix = `p${w.made}`;
    scope.set(prefix, name.namespace);
    declarations.push(` xmlns:${prefix}="${attributeXml(name.namespace)}"`);
    return prefix;
  };
  const prefix = prefixFor(node.name, false);
  const name = prefix === '' ? node.name.local : `${prefix}:${node.name.local}`;
  const attributes = node.attributes.map((attribute) => {
    const { name: own, value } = attribute;
    if (attribute.isNamespaceDeclaration)
      return ` ${own.namespace === '' ? 'xmlns' : `xmlns:${own.local}`}="${attributeXml(value)}"`;
    const ownPrefix = prefixFor(own, true);
    return ` ${ownPrefix === '' ? '' : `${ownPrefix}:`}${own.local}="${attributeXml(value)}"`;
  });
  w.text += `<${name}${attributes.join('')}${declarations.join('')}`;
  if (node.isEmpty) {
    w.text += ' />';
    return;
  }
  w.text += '>';
  let mixed = isMixed;
  for (const child of node.nodes) if (write(w, child, scope, level + 1, mixed)) mixed = true;
  if (w.isIndented && !mixed && node.nodes.length > 0) w.text += `\n${'  '.repeat(level)}`;
  w.text += `</${name}>`;
}
