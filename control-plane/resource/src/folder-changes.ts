import type { Diagnostic, JsonObject, JsonValue } from '@vigia/contract';
import { isProblem } from '@vigia/problem';
import { type ApplyContext, isBuiltIn, put, remove, restoreBuiltIns, targetOf } from './apply-change.ts';
import { checkDraft, type Finding } from './check-draft.ts';
import type { PolicyTools, Stored } from './definition.ts';
import type { Draft } from './draft.ts';
import { type FolderFile, filesOf } from './folder-layout.ts';
import type { ConfigurationFault, ResourceBody } from './interface.ts';
import { placeAt, readJson, type TextPlace } from './json-text.ts';
import type { FolderReading, FolderRemark, FolderResource } from './read-folder.ts';
import { definitions } from './type-table.ts';
import { operationType } from './types/apis.ts';

const rank = new Map(definitions.map((definition, index) => [definition, index]));

/** What the folder says that the resources do not, made in the draft. */
export interface FolderChanges {
  /** With an error among them nothing of the draft counts. */
  readonly faults: readonly ConfigurationFault[];
  /** Resources that were read, and whose texts are right if the draft comes into force. */
  readonly read: ReadonlyMap<string, FolderResource>;
  /** Keys whose files have to be written all the same: a secret went into the vault, something built in was missing. */
  readonly rewrite: ReadonlySet<string>;
}

export interface FolderContext extends Omit<ApplyContext, 'mistakes'> {
  readonly policy: PolicyTools;
  readonly all: Iterable<Stored>;
  /** Texts of resources that were found right before; the reader gives back the same ones while files do not change. */
  readonly accepted: ReadonlyMap<string, FolderResource>;
}

export function applyFolder(reading: FolderReading, context: FolderContext): FolderChanges {
  const { draft, accepted } = context;
  const faults: ConfigurationFault[] = reading.remarks.map(remarkFault);
  const rewrite = new Set<string>();
  const sorted = [...reading.resources].sort(
    (one, other) =>
      (rank.get(one.definition) ?? 0) - (rank.get(other.definition) ?? 0) || (one.key < other.key ? -1 : 1),
  );
  const found = new Map<string, FolderResource>();
  for (const resource of sorted) {
    const other = found.get(resource.key);
    found.set(resource.key, resource);
    const stored = draft.before(resource.key);
    if (other !== undefined)
      faults.push(
        faultOf(resource, {
          target: '',
          code: 'NameTwice',
          message: `The same name, but for its case, is already taken by ${other.main?.path ?? other.text?.path ?? other.id}.`,
        }),
      );
    else if (stored !== undefined && stored.id !== resource.id)
      faults.push(
        faultOf(resource, {
          target: '',
          code: 'NameCase',
          message: `The case of a name cannot be changed: expected '${stored.id}', found '${resource.id}'.`,
        }),
      );
  }
  for (const resource of context.all) {
    if (found.has(resource.key) || draft.get(resource.key) === undefined) continue;
    if (isBuiltIn(resource) && found.has(resource.parent)) rewrite.add(resource.key);
    else remove(draft, resource.key);
  }
  const mistakes: ApplyContext['mistakes'] = new Map();
  const candidates = new Map<string, FolderResource>();
  for (const resource of sorted) {
    const stored = draft.before(resource.key);
    // Gone with what it was in: it is read like something new, so that its missing parent is told.
    const isThere = stored !== undefined && draft.get(resource.key) !== undefined;
    if (isThere && isSame(resource, accepted.get(resource.key))) continue;
    if (isThere && hasTexts(resource, stored, draft)) {
      candidates.set(resource.key, resource);
      continue;
    }
    const body = readBody(resource, faults);
    if (body === undefined) continue;
    try {
      put(targetOf(resource.id, draft), body, { ...context, mistakes }, 'folder');
    } catch (error) {
      if (!isProblem(error)) throw error;
      faults.push(faultOf(resource, { target: '', message: error.message, code: error.code }));
      continue;
    }
    candidates.set(resource.key, resource);
    const after = draft.changed.get(resource.key);
    if (after === undefined) continue;
    if (after.definition.secrets.some((name) => hasOwn(body.properties, name) && !hasOwn(after.properties, name)))
      rewrite.add(resource.key);
    if (stored !== undefined && isEqual(stored, after)) draft.keep(resource.key);
  }
  for (const [key, after] of draft.changed) {
    if (after === undefined || found.has(key)) continue;
    rewrite.add(key);
  }
  for (const resource of draft.changed.values())
    if (resource !== undefined) restoreBuiltIns(resource, { ...context, mistakes });
  const findings: Finding[] = [...mistakes].flatMap(([key, { definition, found: list }]) =>
    list.map((mistake) => ({ key, definition, ...mistake })),
  );
  findings.push(...checkDraft(draft, context.policy, { carriesOn: false }));
  for (const finding of findings) {
    const resource = found.get(finding.key);
    const before = draft.before(finding.key);
    if (resource !== undefined) faults.push(faultOf(resource, { ...finding, code: finding.definition.mistakeCode }));
    else if (before !== undefined) {
      const [file] = filesOf(before, (key) => draft.before(key) ?? draft.get(key));
      faults.push(fault(file?.path ?? '', finding.definition.mistakeCode, finding.message, placeAt('', 0)));
    }
  }
  const withOperations = new Set(
    sorted.filter(({ definition }) => definition.type === operationType).map(({ key }) => keyAbove(key)),
  );
  for (const { key, specification } of sorted)
    if (specification !== undefined && !withOperations.has(key))
      faults.push(
        fault(
          specification,
          'NotImported',
          'The API has a specification and no operations: each has a folder of its own, which importing the specification makes (vigia apim api import).',
          placeAt('', 0),
          'warning',
        ),
      );
  for (const resource of sorted)
    for (const name of draft.get(resource.key)?.unknown ?? [])
      faults.push(
        faultOf(resource, {
          target: name,
          message: `'${name}' is not known to Vigia: it is kept and has no effect.`,
          code: 'UnknownProperty',
          severity: 'warning',
        }),
      );
  return { faults, read: candidates, rewrite };
}

/** `…/apis/x` of `…/apis/x/operations/y`. */
const keyAbove = (key: string): string => key.split('/').slice(0, -2).join('/');

const hasOwn = (record: object | undefined, name: string): boolean =>
  record !== undefined && Object.hasOwn(record, name);

const isSame = (one: FolderResource, other: FolderResource | undefined): boolean =>
  other !== undefined && one.main?.text === other.main?.text && one.text?.text === other.text?.text;

function hasTexts(resource: FolderResource, stored: Stored, draft: Draft): boolean {
  const [main, text] = filesOf(stored, (key) => draft.before(key));
  return main?.text === resource.main?.text && text?.text === resource.text?.text;
}

/** Both come from the same passes, so the order of names is the same too. */
const isEqual = (one: Stored, other: Stored): boolean =>
  JSON.stringify([one.envelope, one.properties, one.facts, one.unknown]) ===
  JSON.stringify([other.envelope, other.properties, other.facts, other.unknown]);

const envelopeNames = new Set(['location', 'tags', 'kind', 'sku', 'identity', 'properties']);

function readBody(resource: FolderResource, faults: ConfigurationFault[]): ResourceBody | undefined {
  const { definition, main, text } = resource;
  const { place } = definition;
  if (place.kind === 'file')
    return { properties: { [place.property]: main?.text ?? '', ...(definition.policy ? { format: 'rawxml' } : {}) } };
  if (main === undefined) {
    const path = text?.path ?? '';
    faults.push(fault(path, 'MissingFile', `The file '${place.file}' is missing beside it.`, placeAt('', 0)));
    return undefined;
  }
  const reading = readQuickly(main.text);
  if (reading.mistake !== undefined) {
    faults.push(fault(main.path, 'JsonSyntax', reading.mistake.message, reading.mistake.place));
    return undefined;
  }
  const { value } = reading;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    faults.push(fault(main.path, 'JsonSyntax', 'Expected an object: { "properties": { … } }.', placeAt(main.text, 0)));
    return undefined;
  }
  const body = value as JsonObject;
  const given = body['properties'];
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    const where = readJson(main.text).placeOf('properties') ?? placeAt(main.text, 0);
    faults.push(fault(main.path, 'JsonSyntax', "'properties' must be an object.", where));
    return undefined;
  }
  for (const name of Object.keys(body).filter((one) => !envelopeNames.has(one)))
    faults.push({
      file: main.path,
      diagnostic: {
        code: 'UnknownProperty',
        severity: 'warning',
        message: `'${name}' is not known to Vigia at this place and is passed over.`,
        ...(readJson(main.text).placeOf(name) ?? placeAt(main.text, 0)),
      },
    });
  if (place.text === undefined) return body as ResourceBody;
  const properties: JsonObject = {
    ...(given as JsonObject | undefined),
    ...(text === undefined ? {} : { [place.text.property]: text.text }),
    ...(definition.policy ? { format: 'rawxml' } : {}),
  };
  return { ...(body as ResourceBody), properties };
}

/** The platform's parser is much faster; ours says where a mistake is. */
function readQuickly(text: string): {
  readonly value?: JsonValue;
  readonly mistake?: { message: string; place: TextPlace };
} {
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    const { value, mistake } = readJson(text);
    return mistake === undefined ? (value === undefined ? {} : { value }) : { mistake };
  }
}

const fault = (
  file: string,
  code: string,
  message: string,
  place: TextPlace,
  severity: Diagnostic['severity'] = 'error',
): ConfigurationFault => ({ file, diagnostic: { code, severity, message, ...place } });

const remarkFault = ({ path, severity, message }: FolderRemark): ConfigurationFault =>
  fault(path, 'UnknownFile', message, placeAt('', 0), severity);

interface Placed {
  readonly target: string;
  readonly message: string;
  readonly code: string;
  readonly severity?: Diagnostic['severity'];
  readonly diagnostic?: Diagnostic;
}

/** The place of a property, or of the policy's element, in the file that it stands in. */
function faultOf(resource: FolderResource, given: Placed): ConfigurationFault {
  const { main, text, definition } = resource;
  const { target, message, code, severity = 'error', diagnostic } = given;
  const policyFile: FolderFile | undefined = definition.place.kind === 'file' ? main : text;
  if (diagnostic !== undefined && policyFile !== undefined) return { file: policyFile.path, diagnostic };
  const file = main ?? text;
  const isJson = definition.place.kind === 'folder' && main !== undefined;
  const place = isJson && target !== '' ? placeOfTarget(main.text, target) : undefined;
  return {
    file: file?.path ?? '',
    diagnostic: {
      code,
      severity,
      message,
      ...(place ?? placeAt(file?.text ?? '', 0)),
      ...(target === '' ? {} : { subject: target }),
    },
  };
}

/** A property that is missing is looked for where it would be: in the innermost object around it that is there. */
function placeOfTarget(text: string, target: string): TextPlace | undefined {
  const { placeOf } = readJson(text);
  for (let path = target; path !== ''; path = path.replace(/(\.|\[|^)[^.[]*$/, ''))
    for (const candidate of [`properties.${path}`, path]) {
      const found = placeOf(candidate);
      if (found !== undefined) return found;
    }
  return placeOf('properties') ?? placeOf('');
}
