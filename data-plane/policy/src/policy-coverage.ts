import { allSections, type PolicyDefinition } from './definition.ts';
import { policies, refusedPolicies } from './registry.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');

/** Where an element or attribute inside of a policy is refused. */
function refusedParts({ attributes = {} }: PolicyDefinition): readonly string[] {
  return Object.entries(attributes).flatMap(([name, { refused }]) => (refused === undefined ? [] : [`\`${name}\``]));
}

function stateOf(policy: PolicyDefinition): string {
  if (policy.refused !== undefined) return `refused: ${policy.refused}`;
  const parts = refusedParts(policy);
  const notes = [
    ...(policy.difference === undefined ? [] : [policy.difference]),
    ...(parts.length === 0 ? [] : [`Refused attributes: ${parts.join(', ')}.`]),
  ];
  return notes.length === 0 ? 'runs' : `runs, with a difference: ${notes.join(' ')}`;
}

function rowOf(policy: PolicyDefinition): string {
  const sections = policy.sections.length === allSections.length ? 'all' : policy.sections.join(', ');
  const scopes = policy.scopes?.join(', ') ?? 'all';
  return `| \`${policy.name}\` | ${sections} | ${scopes} | ${cell(stateOf(policy))} |`;
}

/** `docs/policy-coverage.md`, from the registry; a test holds the file true. */
export function printPolicyCoverage(): string {
  const own = ['| `base` | all | all | runs |', '| `include-fragment` | all | all | runs |'];
  const rows = [...own, ...[...policies.values()].map(rowOf)].sort();
  const refused = [...refusedPolicies].map(([name, reason]) => `| \`${name}\` | ${cell(reason)} |`).sort();
  const all = [...policies.values()];
  const runs = own.length + all.filter((policy) => policy.refused === undefined).length;
  const refusedCount = refused.length + all.filter((policy) => policy.refused !== undefined).length;
  return `# Policies

Generated from \`data-plane/policy/src/registry.ts\`. ${runs} policies run, ${refusedCount} are refused. A refused policy, attribute or child is
an error when the document is saved, and names itself with the reason; nothing is skipped in silence.

| policy | sections | scopes | state |
|---|---|---|---|
${rows.join('\n')}

## Refused by name

| policy | why |
|---|---|
${refused.join('\n')}
`;
}
