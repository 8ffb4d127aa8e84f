import type { Diagnostic } from '@vigia/contract';
import { type PolicyTools, type ResourceDefinition, type Stored, text } from './definition.ts';
import type { Draft, WrittenPolicy } from './draft.ts';
import { type Mistake, mistakes } from './problems.ts';
import { descendants } from './resource-set.ts';
import { definitions } from './type-table.ts';
import { backendType } from './types/backends.ts';
import { fragmentType, namedValueType } from './types/service-entities.ts';
import { serviceKeyOf } from './types/service-entity.ts';

/** One mistake of a resource in the draft. */
export interface Finding extends Mistake {
  readonly key: string;
  readonly definition: ResourceDefinition;
  /** In the text of a policy. */
  readonly diagnostic?: Diagnostic;
  /** A Problem that is no mistake in a property (409 and the like). */
  readonly problem?: unknown;
}

/**
 * What the resources of a draft have to do with each other: references, uniqueness, policies, and what deletions leave
 * behind. Deletions that Azure carries on (links, subscriptions of an API) are carried on in the draft, unless
 * `carriesOn` is false: then what was left behind is a mistake.
 */
export function checkDraft(
  draft: Draft,
  policy: PolicyTools,
  { carriesOn = true }: { readonly carriesOn?: boolean } = {},
): readonly Finding[] {
  const findings: Finding[] = [];
  followDeletions(draft, findings, carriesOn);
  for (const [key, resource] of draft.changed) {
    if (resource === undefined) continue;
    const { definition } = resource;
    const report = (target: string, message: string): void => {
      findings.push({ key, definition, target, message });
    };
    for (const { property, to, noun } of definition.references?.(resource) ?? [])
      if (draft.get(to) === undefined) report(property, `${noun} not found: '${to.split('/').at(-1)}'.`);
    try {
      definition.check?.(resource, draft, report);
    } catch (problem) {
      findings.push({ key, definition, target: '', message: (problem as Error).message, problem });
    }
  }
  findings.push(...checkPolicies(draft, policy));
  return findings;
}

/** Types whose resources may refer to others. */
const referring = definitions.filter(({ references }) => references !== undefined);

function followDeletions(draft: Draft, findings: Finding[], carriesOn: boolean): void {
  let deleted = [...draft.changed].filter(([, after]) => after === undefined).map(([key]) => key);
  const told = new Set<string>();
  while (deleted.length > 0) {
    const gone = new Set(deleted);
    deleted = [];
    for (const definition of referring) {
      for (const resource of draft.list(definition.type, `/subscriptions/${draft.subscriptionId}`)) {
        for (const { property, to, noun, onDelete } of definition.references?.(resource) ?? []) {
          // What is new is checked as such; this is about what was there and loses what it stands on.
          if (!gone.has(to) || draft.changed.has(resource.key)) continue;
          if (!carriesOn) {
            const message = `${noun} not found: '${to.split('/').at(-1)}'.`;
            findings.push({ key: resource.key, definition, target: property, message });
          } else if (onDelete === 'cascade') {
            const all = [...descendants(draft, resource.key), resource].map(({ key }) => key);
            for (const key of all) draft.delete(key);
            deleted.push(...all);
          } else if (!told.has(`${to} ${resource.key}`)) {
            told.add(`${to} ${resource.key}`);
            const before = draft.before(to);
            if (before === undefined) continue;
            findings.push({
              key: to,
              definition: before.definition,
              target: 'id',
              message: `${before.definition.noun} '${before.name}' cannot be deleted: ${definition.noun.toLowerCase()} '${resource.name}' uses it (${resource.id}).`,
            });
          }
        }
      }
    }
  }
}

const surroundingTypes = new Set([namedValueType, fragmentType, backendType]);

function checkPolicies(draft: Draft, policy: PolicyTools): readonly Finding[] {
  const findings: Finding[] = [];
  const surroundings = new Map<string, ReturnType<typeof surroundingsOf>>();
  const around = (key: string): ReturnType<typeof surroundingsOf> => {
    const service = serviceKeyOf(key);
    const known = surroundings.get(service) ?? surroundingsOf(service, draft);
    surroundings.set(service, known);
    return known;
  };
  const checked = new Set<string>();
  for (const [key, resource] of draft.changed) {
    if (resource?.definition.policy === undefined) continue;
    const value = text(resource.properties[resource.definition.policy.property]);
    const before = draft.before(key);
    // A resource that only was renamed or described anew keeps its checked text.
    if (
      before !== undefined &&
      before.properties[resource.definition.policy.property] === value &&
      !draft.written.has(key)
    )
      continue;
    checked.add(key);
    const written = draft.written.get(key) ?? { text: value, format: 'rawxml' as const };
    for (const diagnostic of errorsOf(resource, written, policy, around(key)))
      findings.push({
        key,
        definition: resource.definition,
        target: diagnostic.subject ?? 'representation',
        message: sentenceOf(diagnostic),
        diagnostic,
      });
  }
  for (const [service, names] of changedSurroundings(draft)) {
    for (const resource of policiesThatName(draft, service, names)) {
      if (checked.has(resource.key)) continue;
      const value = text(resource.properties[resource.definition.policy?.property ?? 'value']);
      const written = { text: value, format: 'rawxml' as const };
      for (const diagnostic of errorsOf(resource, written, policy, around(resource.key))) {
        const cause = names.values().next().value;
        findings.push({
          key: cause?.key ?? resource.key,
          definition: cause?.definition ?? resource.definition,
          target: diagnostic.subject ?? 'representation',
          message: `The policy ${resource.id} uses what would change. ${sentenceOf(diagnostic)}`,
        });
      }
    }
  }
  return findings;
}

/** Azure's sentence, and what to do. */
export function sentenceOf({ subject, line, column, message, hint }: Diagnostic): string {
  const element = subject === undefined ? 'Error' : `Error in element '${subject}'`;
  return `${element} on line ${line}, column ${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}

function surroundingsOf(service: string, draft: Draft) {
  return {
    namedValues: draft.list(namedValueType, service).map((one) => ({
      name: text(one.properties['displayName']),
      value: text(one.properties['value']) || (draft.secret(one.key, 'value') ?? ''),
      secret: one.properties['secret'] === true,
    })),
    fragments: draft
      .list(fragmentType, service)
      .map(({ name, properties }) => ({ id: name, document: text(properties['value']) })),
    backends: draft.list(backendType, service).map(({ name }) => ({ id: name })),
  };
}

function errorsOf(
  resource: Stored,
  written: WrittenPolicy,
  policy: PolicyTools,
  surroundings: ReturnType<typeof surroundingsOf>,
): readonly Diagnostic[] {
  const scope = resource.definition.policy?.scope ?? 'api';
  const document = scope === 'fragment' ? written.text : policy.completeDocument(written.text);
  const found = policy
    .check(document, { scope, format: written.format, ...surroundings })
    .filter(({ severity }) => severity === 'error');
  if (document === written.text) return found;
  return found.map((diagnostic) => placeIn(written.text, document, diagnostic));
}

/** A completed document has the author's text in it; a place in it is told as a place in that text. */
function placeIn(written: string, document: string, diagnostic: Diagnostic): Diagnostic {
  const trimmed = written.trim();
  const at = document.indexOf(trimmed);
  if (at < 0) return diagnostic;
  const lead = written.indexOf(trimmed);
  const start = Math.min(Math.max(diagnostic.start - at + lead, 0), written.length);
  const before = written.slice(0, start);
  return {
    ...diagnostic,
    start,
    line: before.split('\n').length,
    column: start - before.lastIndexOf('\n'),
  };
}

interface Cause {
  readonly key: string;
  readonly definition: ResourceDefinition;
}

/** By service: the names (lower case) of named values, fragments and backends that changed. */
function changedSurroundings(draft: Draft): ReadonlyMap<string, ReadonlyMap<string, Cause>> {
  const changed = new Map<string, Map<string, Cause>>();
  for (const [key, after] of draft.changed) {
    const before = draft.before(key);
    const definition = (after ?? before)?.definition;
    // Something new breaks nothing that was right without it.
    if (before === undefined || definition === undefined || !surroundingTypes.has(definition.type)) continue;
    const service = serviceKeyOf(key);
    // With its service or its resource group everything around it goes.
    if (draft.get(service) === undefined) continue;
    const names = changed.get(service) ?? new Map<string, Cause>();
    changed.set(service, names);
    for (const one of [before, after])
      if (one !== undefined)
        names.set((text(one.properties['displayName']) || one.name).toLowerCase(), { key, definition });
  }
  return changed;
}

/** Policies and fragments of a service whose text names one of these, also through a fragment. */
function policiesThatName(draft: Draft, service: string, names: ReadonlyMap<string, Cause>): readonly Stored[] {
  const wanted = new Set(names.keys());
  const texts = definitions
    .filter(({ policy }) => policy !== undefined)
    .flatMap((definition) => draft.list(definition.type, service))
    .map((resource) => ({
      resource,
      text: text(resource.properties[resource.definition.policy?.property ?? 'value']).toLowerCase(),
    }));
  for (const { resource, text: document } of texts)
    if (resource.definition.type === fragmentType && [...wanted].some((name) => document.includes(name)))
      wanted.add(resource.name.toLowerCase());
  return texts
    .filter(({ text: document }) => [...wanted].some((name) => document.includes(name)))
    .map(({ resource }) => resource);
}

/** All findings as the one error that a client gets: what is no mistake in a property first. */
export function problemOf(findings: readonly Finding[]): unknown {
  const [first] = findings;
  if (first === undefined) return undefined;
  const special = findings.find(({ problem }) => problem !== undefined);
  if (special !== undefined) return special.problem;
  return mistakes(first.definition.mistakeCode, findings);
}
