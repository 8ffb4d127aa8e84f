import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative } from 'node:path';
import type { CheckOptions, PolicyCompiler } from '../src/index.ts';
import { parseDocument } from '../src/parse-document.ts';
import { decodeEntities, isRawExpression, mapText } from '../src/scan-expression.ts';
import { type PolicyNode, quoteOf } from '../src/syntax.ts';

export interface CorpusDocument {
  /** Below the corpus' folder. */
  readonly file: string;
  readonly text: string;
  readonly nodes: readonly PolicyNode[];
}

/** Every XML file of a folder and below, in order of its name. */
export function readDocuments(folder: string): readonly CorpusDocument[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) === '.xml' && !basename(entry.name).startsWith('.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { file: relative(folder, path), text, nodes: parseDocument(text).nodes };
    });
}

/** The C# of a document, as it is compiled. */
export function expressionsOf(nodes: readonly PolicyNode[]): readonly string[] {
  const read = (raw: string, quote: string): string =>
    (isRawExpression(raw, quote) ? raw : decodeEntities(mapText(raw, 0)).text).trim();
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return node.isExpression ? [read(node.raw, '')] : [];
    if (node.kind !== 'element') return [];
    const own = node.attributes
      .filter(({ isExpression }) => isExpression)
      .map((one) => read(one.raw, quoteOf(node, one)));
    return [...own, ...expressionsOf(node.children)];
  });
}

/** How often each policy stands in a document; sections and parts of policies count under their own names. */
export function elementsOf(nodes: readonly PolicyNode[]): readonly string[] {
  return nodes.flatMap((node) => (node.kind === 'element' ? [node.name, ...elementsOf(node.children)] : []));
}

const scopes = ['api', 'operation', 'product', 'global'] as const;

/** The mistakes of a document at the scope that it fits best: nobody wrote down where it belongs. */
export function checkDocument(
  document: CorpusDocument,
  compiler: PolicyCompiler,
): { readonly scope: CheckOptions['scope']; readonly mistakes: ReturnType<PolicyCompiler['check']> } {
  const around = { loggers: loggersOf(document.nodes), namedValues: namedValuesOf(document) };
  const errorsAt = (scope: CheckOptions['scope']) => ({
    scope,
    mistakes: compiler.check(document.text, { scope, ...around }).filter(({ severity }) => severity === 'error'),
  });
  if (document.nodes.some((node) => node.kind === 'element' && node.name === 'fragment')) return errorsAt('fragment');
  const all = scopes.map(errorsAt);
  const fewest = Math.min(...all.map(({ mistakes }) => mistakes.length));
  return all.find(({ mistakes }) => mistakes.length === fewest) ?? errorsAt('api');
}

const namedValue = /\{\{\s*([A-Za-z0-9._-]+)\s*\}\}/g;

/**
 * The named values that a document names, so that they exist: in C# a number stands for each, since it may be code there;
 * elsewhere the name itself, which is not checked.
 */
export function namedValuesOf({ text, nodes }: CorpusDocument): NonNullable<CheckOptions['namedValues']> {
  const namesIn = (part: string) => [...part.matchAll(namedValue)].map(([, name = '']) => name);
  const inCode = new Set(expressionsOf(nodes).flatMap(namesIn));
  return [...new Set(namesIn(text))].map((name) => ({ name, value: inCode.has(name) ? '1' : `{{${name}}}` }));
}

/** C# with its named values filled in. */
export const filledIn = (expression: string): string => expression.replaceAll(namedValue, '1');

/** The loggers that a document names, so that they exist. */
export function loggersOf(nodes: readonly PolicyNode[]): NonNullable<CheckOptions['loggers']> {
  return nodes.flatMap((node) => {
    if (node.kind !== 'element') return [];
    const id = node.attributes.find(({ name }) => name === 'logger-id')?.raw;
    const own = id === undefined ? [] : [{ id, eventHub: 'events', connectionString: 'Endpoint=sb://events.test/' }];
    return [...own, ...loggersOf(node.children)];
  });
}
