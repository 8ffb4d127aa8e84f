/** The tree of a policy document. Every node keeps its place, and `printDocument` gives the text back unchanged. */
export type PolicyNode = ElementNode | TextNode | OpaqueNode;

export interface AttributeNode {
  readonly name: string;
  /** Offset of the name. */
  readonly start: number;
  /** As written, without the quotes. */
  readonly raw: string;
  /** Offset of the first character of `raw`. */
  readonly valueStart: number;
  readonly isExpression: boolean;
}

export interface ElementNode {
  readonly kind: 'element';
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly attributes: readonly AttributeNode[];
  readonly children: readonly PolicyNode[];
  /** `<name a="b">` or `<name/>`, as written. */
  readonly openTag: string;
  /** '' where the element closes itself. */
  readonly closeTag: string;
}

export interface TextNode {
  readonly kind: 'text';
  readonly start: number;
  readonly raw: string;
  readonly isExpression: boolean;
}

/** Comments, CDATA sections, processing instructions. */
export interface OpaqueNode {
  readonly kind: 'comment' | 'cdata' | 'instruction';
  readonly start: number;
  readonly raw: string;
}

export const printNodes = (nodes: readonly PolicyNode[]): string => nodes.map(printNode).join('');

const printNode = (node: PolicyNode): string =>
  node.kind === 'element' ? node.openTag + printNodes(node.children) + node.closeTag : node.raw;

export const childElements = (node: ElementNode): readonly ElementNode[] =>
  node.children.filter((child) => child.kind === 'element');

/** The quote that an attribute's value stands in. */
export const quoteOf = (element: ElementNode, attribute: AttributeNode): string =>
  element.openTag[attribute.valueStart - element.start - 1] ?? '"';
