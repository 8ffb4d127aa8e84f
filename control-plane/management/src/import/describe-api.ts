import type { JsonObject } from '@vigia/contract';
import type { Dialect } from './check-document.ts';
import type { DefinitionFormat } from './definition-formats.ts';
import { compact, fieldOf, objectOf, textOf } from './document-fields.ts';
import type { ImportedApi } from './import-definition.ts';
import type { ImportNotes } from './import-notes.ts';
import { unreadableDefinition } from './invalid-definition.ts';

const longestDisplayName = 300;

/** What `info` says of the API. */
export function describeApi(
  root: JsonObject,
  notes: ImportNotes,
): Pick<ImportedApi, 'displayName' | 'description' | 'version' | 'termsOfServiceUrl' | 'contact' | 'license'> {
  const info = objectOf(root, 'info');
  const title = textOf(info, 'title');
  if (title === undefined) throw unreadableDefinition(['The title is empty; an API needs a name [#/info/title].']);
  if (title.length > longestDisplayName) notes.add(`The title is cut to ${longestDisplayName} characters.`);
  const description = textOf(info, 'description');
  const version = textOf(info, 'version');
  const termsOfServiceUrl = textOf(info, 'termsOfService');
  const contact = fieldsOf(objectOf(info, 'contact'), ['name', 'url', 'email']);
  const license = fieldsOf(objectOf(info, 'license'), ['name', 'url']);
  return {
    displayName: title.slice(0, longestDisplayName),
    ...(description === undefined ? {} : { description }),
    ...(version === undefined ? {} : { version }),
    ...(termsOfServiceUrl === undefined ? {} : { termsOfServiceUrl }),
    ...(contact ? { contact } : {}),
    ...(license ? { license } : {}),
  };
}

function fieldsOf(object: JsonObject | undefined, names: readonly string[]): JsonObject | undefined {
  const found = compact(Object.fromEntries(names.map((name) => [name, textOf(object, name)])));
  return Object.keys(found).length > 0 ? found : undefined;
}

/** Notes on the document as a whole. */
export function noteDocument(
  root: JsonObject,
  { dialect, format, notes }: { dialect: Dialect; format: DefinitionFormat; notes: ImportNotes },
): void {
  if (dialect === '2.0' && format.dialect === 'openapi')
    notes.add('The document is OpenAPI 2.0 (Swagger) although its format says OpenAPI 3; it was read as 2.0.');
  if (dialect !== '2.0' && format.dialect === 'swagger')
    notes.add(`The document is OpenAPI ${dialect} although its format says Swagger; it was read as ${dialect}.`);
  if (fieldOf(root, 'webhooks') !== undefined) notes.add('Webhooks are left out.');
  const hasSecurity = ['security', 'securityDefinitions'].some((name) => fieldOf(root, name) !== undefined);
  if (hasSecurity || fieldOf(objectOf(root, 'components'), 'securitySchemes') !== undefined)
    notes.add('Security schemes are left out: who may call is set on the API and its products.');
}
