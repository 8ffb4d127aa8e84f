import type { JsonObject } from '@vigia/contract';
import { asText } from './document-fields.ts';
import { resolvePointer } from './resolve-references.ts';

/** What the validator reports, as far as it is needed here. */
export interface SchemaMistake {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** These only say that one of the others is wrong. */
const summaries: ReadonlySet<string> = new Set([
  'if',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  '$ref',
  'contains',
  'discriminator',
]);

const longestValue = 60;

/** The validator's errors as sentences, one a mistake, each with its place as Azure writes it. */
export function describeMistakes(mistakes: readonly SchemaMistake[], root: JsonObject): readonly string[] {
  // Where something may be a reference or the thing itself, "it is no reference" is no news.
  const told = mistakes.filter(
    ({ keyword, params }) =>
      !summaries.has(keyword) && !(keyword === 'required' && params['missingProperty'] === '$ref'),
  );
  const sentences = (told.length > 0 ? told : mistakes).map((mistake) => describe(mistake, root));
  return [...new Set(sentences)];
}

function describe(mistake: SchemaMistake, root: JsonObject): string {
  const { keyword, params, instancePath } = mistake;
  const place = `[#${instancePath}]`;
  const name = (key: string) => `'${String(params[key])}'`;
  switch (keyword) {
    case 'required':
      return `${name('missingProperty')} is missing ${place}.`;
    case 'additionalProperties':
      return `${name('additionalProperty')} does not belong here ${place}.`;
    case 'unevaluatedProperties':
      return `${name('unevaluatedProperty')} does not belong here ${place}.`;
    case 'type':
      return `Expected ${String(params['type'])}, found ${found(mistake, root)} ${place}.`;
    case 'enum': {
      const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'].join(', ') : '';
      return `Expected one of ${allowed}, found ${found(mistake, root)} ${place}.`;
    }
    case 'const':
      return `Expected ${JSON.stringify(params['allowedValue'])}, found ${found(mistake, root)} ${place}.`;
    case 'pattern':
      return `${found(mistake, root)} does not have the form ${String(params['pattern'])} ${place}.`;
    case 'format':
      return `${found(mistake, root)} is no ${String(params['format'])} ${place}.`;
    default:
      return `It ${mistake.message ?? `breaks the rule '${keyword}'`} ${place}.`;
  }
}

function found({ instancePath }: SchemaMistake, root: JsonObject): string {
  const value = resolvePointer(root, `#${instancePath.replaceAll('%', '%25')}`);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? `'${value}'` : asText(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
