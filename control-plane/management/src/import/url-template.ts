import type { JsonObject } from '@vigia/contract';
import { fieldOf, textOf } from './document-fields.ts';
import type { ImportNotes } from './import-notes.ts';

export interface UrlTemplateInput {
  /** As in the document; `x-ms-paths` may bring a query. */
  readonly path: string;
  readonly pathParameters: readonly JsonObject[];
  readonly query: readonly JsonObject[];
  readonly requiredQuery: 'template' | 'query';
  readonly notes: ImportNotes;
  readonly where: string;
}

export interface UrlTemplate {
  readonly urlTemplate: string;
  /** In the order in which the template names them. */
  readonly templateParameters: readonly JsonObject[];
  readonly queryParameters: readonly JsonObject[];
  /** Without a full stop: the place follows. */
  readonly mistakes: readonly string[];
}

const longestTemplate = 1000;

/**
 * `/deployments/{id}/chat?api-version={api-version}`: required query parameters tell operations apart in Azure, so they
 * are part of the template unless the import says otherwise.
 */
export function buildUrlTemplate(input: UrlTemplateInput): UrlTemplate {
  const { path, pathParameters, query, requiredQuery, notes, where } = input;
  const mistakes: string[] = [];
  const named = [...path.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? '');
  if (/[{}]/.test(path.replace(/\{[^{}]+\}/g, ''))) mistakes.push(`The braces of the path '${path}' do not match`);
  const inPath = new Map(pathParameters.map((parameter) => [textOf(parameter, 'name') ?? '', parameter]));
  for (const name of inPath.keys())
    if (!named.includes(name)) mistakes.push(`The path parameter '${name}' is not part of the path '${path}'`);
  const fromPath = [...new Set(named)].map((name) => {
    const described = inPath.get(name);
    if (described) return { ...described, required: true };
    notes.add('A parameter of a path that is not described is taken as text.', where);
    return { name, in: 'path', required: true, schema: { type: 'string' } };
  });
  const isInTemplate = (parameter: JsonObject): boolean => {
    if (requiredQuery === 'query' || fieldOf(parameter, 'required') !== true) return false;
    if (!/[{}&=?#]/.test(textOf(parameter, 'name') ?? '')) return true;
    notes.add(
      'A required query parameter whose name no URL template can hold stays among the query parameters.',
      where,
    );
    return false;
  };
  const fromQuery = query.filter(isInTemplate);
  const templateParameters = [...fromPath, ...fromQuery];
  const names = templateParameters.map((parameter) => textOf(parameter, 'name') ?? '');
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name.toLowerCase()))
      mistakes.push(`The name '${name}' stands twice among the path and required query parameters`);
    seen.add(name.toLowerCase());
  }
  const queryPart = fromQuery.map(({ name }) => `${String(name)}={${String(name)}}`).join('&');
  const urlTemplate = queryPart === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${queryPart}`;
  if (urlTemplate.length > longestTemplate)
    mistakes.push(`The URL template has ${urlTemplate.length} characters, more than ${longestTemplate}`);
  return {
    urlTemplate,
    templateParameters,
    queryParameters: query.filter((one) => !fromQuery.includes(one)),
    mistakes,
  };
}

/** Two templates with the same key match the same requests: case and the names of parameters tell nothing apart. */
export const templateKey = (template: string): string => template.toLowerCase().replace(/\{[^{}]*\}/g, '{}');
