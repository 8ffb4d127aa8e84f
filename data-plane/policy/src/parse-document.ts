import { findExpressionEnd, isExpressionStart } from './scan-expression.ts';
import type { AttributeNode, PolicyNode } from './syntax.ts';
import type { Mistake } from './text-position.ts';

export interface ParsedDocument {
  readonly nodes: readonly PolicyNode[];
  readonly mistakes: readonly Mistake[];
}

interface OpenElement {
  readonly name: string;
  readonly start: number;
  readonly attributes: readonly AttributeNode[];
  readonly openTag: string;
  readonly children: PolicyNode[];
}

const namePattern = /[A-Za-z_][\w:.-]*/y;
/** What a printed guide leaves for the reader to fill in: `<<Azure_OpenAI_Endpoint>>`. */
export const placeholderPattern = /<<\s*([A-Za-z_][\w .-]*?)\s*>>/g;

const placeholder = (name: string, start: number, length: number, subject: string): Mistake => {
  const hint = /openai.*endpoint|endpoint.*openai/i.test(name)
    ? `Put the host of the Azure OpenAI endpoint there, without https:// and without a trailing slash, for example my-resource.openai.azure.com (of an embedded account: <subdomain>.openai.azure.com).`
    : `Put the value for ${name} there, without the << and >>.`;
  return {
    code: 'policy.placeholder',
    message: `The placeholder '<<${name}>>' was not filled in.`,
    start,
    length,
    subject,
    hint,
  };
};

/**
 * Text → tree. Reads what API Management reads, well-formed XML or not: quotes, `<` and generics inside `@(…)` and
 * `@{…}` belong to the expression. Goes on after a mistake, so that all are reported at once.
 */
export function parseDocument(text: string): ParsedDocument {
  const mistakes: Mistake[] = [];
  const top: PolicyNode[] = [];
  const open: OpenElement[] = [];
  const add = (node: PolicyNode) => {
    (open.at(-1)?.children ?? top).push(node);
  };
  const notWellFormed = (message: string, start: number, length = 1, subject?: string) => {
    mistakes.push({
      code: 'policy.notWellFormed',
      message,
      start,
      length,
      ...(subject === undefined ? {} : { subject }),
    });
  };
  const close = (element: OpenElement, closeTag: string, end: number) => {
    const { name, start, attributes, openTag, children } = element;
    add({ kind: 'element', name, start, end, attributes, children, openTag, closeTag });
  };

  const readText = (start: number): number => {
    let offset = start;
    while (offset < text.length && text[offset] !== '<') {
      if (isExpressionStart(text, offset) && text.slice(start, offset).trim() === '') {
        const end = findExpressionEnd(text, offset);
        if (end !== undefined) {
          if (offset > start) add({ kind: 'text', start, raw: text.slice(start, offset), isExpression: false });
          add({ kind: 'text', start: offset, raw: text.slice(offset, end), isExpression: true });
          return end;
        }
        notWellFormed('The expression does not end: a bracket or a quote is open.', offset, 2, open.at(-1)?.name);
      }
      offset++;
      if (text.startsWith('<<', offset)) {
        placeholderPattern.lastIndex = offset;
        const match = placeholderPattern.exec(text);
        if (match?.index === offset) {
          mistakes.push(placeholder(match[1] ?? '', offset, match[0].length, open.at(-1)?.name ?? ''));
          offset += match[0].length;
        }
      }
    }
    add({ kind: 'text', start, raw: text.slice(start, offset), isExpression: false });
    return offset;
  };

  const readAttributeValue = (element: string, quoteAt: number): { end: number; isExpression: boolean } => {
    const quote = text[quoteAt] ?? '"';
    let offset = quoteAt + 1;
    while (/\s/.test(text[offset] ?? '')) offset++;
    if (isExpressionStart(text, offset)) {
      const end = findExpressionEnd(text, offset);
      if (end !== undefined) {
        let behind = end;
        while (/\s/.test(text[behind] ?? '')) behind++;
        if (text[behind] === quote) return { end: behind, isExpression: true };
        const closing = text.indexOf(quote, end);
        notWellFormed(
          'An expression must be the whole value of an attribute: text stands behind its last bracket.',
          end,
          Math.max(1, closing - end),
          element,
        );
        return { end: closing < 0 ? text.length : closing, isExpression: true };
      }
      notWellFormed('The expression does not end: a bracket or a quote is open.', offset, 2, element);
    }
    offset = quoteAt + 1;
    while (offset < text.length && text[offset] !== quote) {
      if (text[offset] === '<') {
        placeholderPattern.lastIndex = offset;
        const match = placeholderPattern.exec(text);
        if (match?.index === offset) {
          mistakes.push(placeholder(match[1] ?? '', offset, match[0].length, element));
          offset += match[0].length;
          continue;
        }
        notWellFormed(
          "'<' is not allowed in the value of an attribute outside of an expression; write &lt;.",
          offset,
          1,
          element,
        );
      }
      offset++;
    }
    return { end: offset, isExpression: false };
  };

  const readElement = (start: number): number => {
    namePattern.lastIndex = start + 1;
    const name = namePattern.exec(text)?.[0];
    if (name === undefined) {
      placeholderPattern.lastIndex = start;
      const match = placeholderPattern.exec(text);
      if (match?.index === start) {
        mistakes.push(placeholder(match[1] ?? '', start, match[0].length, open.at(-1)?.name ?? ''));
        add({ kind: 'text', start, raw: match[0], isExpression: false });
        return start + match[0].length;
      }
      notWellFormed("A name of an element was expected after '<'; write &lt; for the character itself.", start);
      add({ kind: 'text', start, raw: '<', isExpression: false });
      return start + 1;
    }
    let offset = start + 1 + name.length;
    const attributes: AttributeNode[] = [];
    for (;;) {
      while (/\s/.test(text[offset] ?? '')) offset++;
      if (text.startsWith('/>', offset)) {
        const end = offset + 2;
        add({
          kind: 'element',
          name,
          start,
          end,
          attributes,
          children: [],
          openTag: text.slice(start, end),
          closeTag: '',
        });
        return end;
      }
      if (text[offset] === '>') {
        open.push({ name, start, attributes, openTag: text.slice(start, offset + 1), children: [] });
        return offset + 1;
      }
      namePattern.lastIndex = offset;
      const attribute = namePattern.exec(text)?.[0];
      if (attribute === undefined) {
        notWellFormed(
          offset >= text.length
            ? `The tag <${name}> does not end.`
            : `An attribute or the end of the tag <${name}> was expected, '${text[offset]}' was found.`,
          Math.min(offset, Math.max(0, text.length - 1)),
          1,
          name,
        );
        const end = text.indexOf('>', offset);
        if (end < 0) {
          add({
            kind: 'element',
            name,
            start,
            end: text.length,
            attributes,
            children: [],
            openTag: text.slice(start),
            closeTag: '',
          });
          return text.length;
        }
        offset = text[end - 1] === '/' ? end - 1 : end;
        continue;
      }
      const attributeStart = offset;
      offset += attribute.length;
      while (/\s/.test(text[offset] ?? '')) offset++;
      if (text[offset] !== '=') {
        notWellFormed(
          `The attribute '${attribute}' has no value: '=' was expected.`,
          attributeStart,
          attribute.length,
          name,
        );
        continue;
      }
      offset++;
      while (/\s/.test(text[offset] ?? '')) offset++;
      if (text[offset] !== '"' && text[offset] !== "'") {
        notWellFormed(`The value of the attribute '${attribute}' must stand in quotes.`, offset, 1, name);
        continue;
      }
      const { end, isExpression } = readAttributeValue(name, offset);
      if (end >= text.length) notWellFormed(`The value of the attribute '${attribute}' does not end.`, offset, 1, name);
      if (attributes.some((other) => other.name === attribute)) {
        notWellFormed(`The attribute '${attribute}' stands twice.`, attributeStart, attribute.length, name);
      }
      attributes.push({
        name: attribute,
        start: attributeStart,
        raw: text.slice(offset + 1, end),
        valueStart: offset + 1,
        isExpression,
      });
      offset = end + 1;
    }
  };

  const readClosing = (start: number): number => {
    const end = text.indexOf('>', start);
    const stop = end < 0 ? text.length : end + 1;
    const name = text.slice(start + 2, end < 0 ? text.length : end).trim();
    const depth = open.findLastIndex((element) => element.name === name);
    if (depth < 0) {
      notWellFormed(`</${name}> closes an element that is not open.`, start, stop - start, name);
      add({ kind: 'text', start, raw: text.slice(start, stop), isExpression: false });
      return stop;
    }
    while (open.length > depth + 1) {
      const unclosed = open.pop();
      if (!unclosed) break;
      notWellFormed(
        `<${unclosed.name}> is not closed before </${name}>.`,
        unclosed.start,
        unclosed.name.length + 1,
        unclosed.name,
      );
      close(unclosed, '', start);
    }
    const element = open.pop();
    if (element) close(element, text.slice(start, stop), stop);
    return stop;
  };

  const opaque = [
    { opens: '<!--', closes: '-->', kind: 'comment' },
    { opens: '<![CDATA[', closes: ']]>', kind: 'cdata' },
    { opens: '<?', closes: '?>', kind: 'instruction' },
  ] as const;

  let offset = 0;
  while (offset < text.length) {
    const start = offset;
    const special = opaque.find(({ opens }) => text.startsWith(opens, start));
    if (special) {
      const end = text.indexOf(special.closes, start + special.opens.length);
      if (end < 0)
        notWellFormed(
          `The ${special.kind} does not end: '${special.closes}' was expected.`,
          start,
          special.opens.length,
        );
      offset = end < 0 ? text.length : end + special.closes.length;
      add({ kind: special.kind, start, raw: text.slice(start, offset) });
    } else if (text.startsWith('</', start)) offset = readClosing(start);
    else if (text[start] === '<') offset = readElement(start);
    else offset = readText(start);
  }
  while (open.length > 0) {
    const element = open.pop();
    if (!element) break;
    notWellFormed(`<${element.name}> is not closed.`, element.start, element.name.length + 1, element.name);
    close(element, '', text.length);
  }
  return { nodes: top, mistakes };
}
