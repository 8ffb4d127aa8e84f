import type { JsonObject, JsonValue } from '@vigia/contract';
import type { DefinitionFormat } from './definition-formats.ts';
import { isObject } from './document-fields.ts';
import { findJsonMistake } from './find-json-mistake.ts';
import type { ImportNotes } from './import-notes.ts';
import { invalidDefinition, unreadableDefinition } from './invalid-definition.ts';
import { readYaml } from './read-yaml.ts';

export interface ReadOptions {
  readonly format: DefinitionFormat;
  /** Of a link: the media type of the answer. */
  readonly contentType?: string;
  /** Of a link: where it was found. */
  readonly url?: string;
  readonly notes: ImportNotes;
  readonly signal?: AbortSignal;
}

export interface ReadDocument {
  readonly root: JsonObject;
  readonly syntax: 'json' | 'yaml';
}

const yamlLimits = { timeMs: 60_000, memoryMb: 1024 };

/**
 * Text → tree. JSON is recognised by its first character, so that a YAML document under a JSON format is still read,
 * with a note, and a broken JSON document is not taken for YAML.
 * @throws {Problem} with line and column of the mistake.
 */
export async function readDocument(text: string, options: ReadOptions): Promise<ReadDocument> {
  const { format, notes } = options;
  refuseOtherKinds(text, options);
  const looksLikeJson = /^\s*[{[]/.test(text);
  if (looksLikeJson) {
    try {
      return { root: asRoot(JSON.parse(text)), syntax: 'json' };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const mistake = findJsonMistake(text);
      const said = mistake
        ? `The JSON is broken at line ${mistake.line}, column ${mistake.column}: ${mistake.message}.`
        : `The JSON is broken: ${error.message}.`;
      // YAML may begin with a bracket as well: only what is neither is refused.
      const reading = format.syntax === 'yaml' ? await readYaml(text, withSignal(options.signal)) : undefined;
      if (reading?.kind !== 'read') throw unreadableDefinition([said]);
      return { root: asRoot(reading.value), syntax: 'yaml' };
    }
  }
  const reading = await readYaml(text, withSignal(options.signal));
  switch (reading.kind) {
    case 'too costly':
      throw unreadableDefinition([`The YAML cannot be read: ${reading.reason}.`]);
    case 'mistakes':
      throw unreadableDefinition(
        reading.mistakes.map(
          ({ line, column, message }) => `The YAML is broken at line ${line}, column ${column}: ${message}.`,
        ),
      );
    case 'read': {
      const root = asRoot(reading.value);
      if (format.syntax === 'json')
        notes.add('The document is YAML although its format says JSON; it was read as YAML.');
      for (const path of reading.versionsRead)
        notes.add(`${path} is a number and was taken as the text that was written.`);
      return { root, syntax: 'yaml' };
    }
    default:
      return reading satisfies never;
  }
}

const withSignal = (signal: AbortSignal | undefined) => ({ ...yamlLimits, ...(signal ? { signal } : {}) });

function asRoot(value: JsonValue): JsonObject {
  if (isObject(value)) return value;
  const found = value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw unreadableDefinition([`This is no OpenAPI document: its top must be an object, it is ${found}.`]);
}

function refuseOtherKinds(text: string, { contentType, url }: ReadOptions): void {
  const start = text.slice(0, 1000).trimStart().toLowerCase();
  if (start === '' && text.trim() === '') throw invalidDefinition(['The document is empty.']);
  if (!start.startsWith('<')) return;
  const isHtml =
    contentType === 'text/html' || contentType === 'application/xhtml+xml' || /<!doctype html|<html[\s>]/.test(start);
  if (!isHtml)
    throw invalidDefinition(['The document is XML, not an OpenAPI document; WSDL and WADL cannot be imported.']);
  if (url === undefined) throw invalidDefinition(['The document is an HTML page, not an API definition.']);
  const host = new URL(url).host;
  throw invalidDefinition([
    `The link to ${host} was answered with an HTML page, not with an API definition. ` +
      'For a file on GitHub use its raw link (raw.githubusercontent.com).',
  ]);
}
