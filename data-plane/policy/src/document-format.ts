import { parseDocument } from './parse-document.ts';
import { decodeEntities, isRawExpression, mapText } from './scan-expression.ts';
import { type PolicyNode, printNodes, quoteOf } from './syntax.ts';

const escapeAttribute = (text: string, quote: string): string => {
  const escaped = escapeText(text).replaceAll('"', '&quot;');
  return quote === "'" ? escaped.replaceAll("'", '&apos;') : escaped;
};
const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `quote`: of the attribute that the expression stands in; '' for a text. */
type Rewrite = (expression: string, quote: string) => string;

function rewriteExpressions(nodes: readonly PolicyNode[], rewrite: Rewrite): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text' && node.isExpression) return rewrite(node.raw, '');
      if (node.kind !== 'element') return printNodes([node]);
      let tag = node.openTag;
      for (const attribute of node.attributes.toReversed()) {
        if (!attribute.isExpression) continue;
        const at = attribute.valueStart - node.start;
        tag =
          tag.slice(0, at) + rewrite(attribute.raw, quoteOf(node, attribute)) + tag.slice(at + attribute.raw.length);
      }
      return tag + rewriteExpressions(node.children, rewrite) + node.closeTag;
    })
    .join('');
}

const decoded = (expression: string, quote: string): string =>
  isRawExpression(expression, quote) ? expression : decodeEntities(mapText(expression, 0)).text;

/** The document with its expressions as C# is written (`format=rawxml`); the rest is unchanged. */
export const toRawXml = (document: string): string => rewriteExpressions(parseDocument(document).nodes, decoded);

/** The document with its expressions escaped, so that it is well-formed XML (`format=xml`); the rest is unchanged. */
export const toXml = (document: string): string =>
  rewriteExpressions(parseDocument(document).nodes, (expression, quote) =>
    quote === '' ? escapeText(decoded(expression, quote)) : escapeAttribute(decoded(expression, quote), quote),
  );
