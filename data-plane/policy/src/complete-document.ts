import { allSections } from './definition.ts';
import { parseDocument } from './parse-document.ts';

/**
 * A document whose root is not `<policies>` but one or more sections (as guides print them: "paste this into inbound"),
 * completed: the missing sections get `<base />`. The user's text stays as it is; any other text is given back unchanged.
 */
export function completeDocument(text: string): string {
  const names = parseDocument(text)
    .nodes.filter((node) => node.kind === 'element')
    .map(({ name }) => name);
  const isSections = names.length > 0 && names.every((name) => (allSections as readonly string[]).includes(name));
  if (!isSections) return text;
  const missing = allSections.filter((section) => !names.includes(section));
  const added = missing.map((section) => `<${section}>\n<base />\n</${section}>\n`).join('');
  return `<policies>\n${text.trim()}\n${added}</policies>`;
}
