import { join } from 'node:path';
import type { KqlColumn, KqlType } from '@vigia/contract';
import { describe, expect, it } from 'vitest';
import { createKqlCompiler } from '../../index.ts';
import { applyEdits } from './edits.ts';
import { MISTAKES, type Mistake, NO_MISTAKES } from './mistakes.fixture.ts';
import { nearName } from './near-name.ts';

const columns = (types: Readonly<Record<string, KqlType>>): readonly KqlColumn[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));
const compiler = createKqlCompiler({
  name: 'Workspace',
  tables: [
    {
      name: 'ApiManagementGatewayLogs',
      relation: 'logs',
      columns: columns({
        TimeGenerated: 'datetime',
        OperationId: 'string',
        ResponseCode: 'int',
        CallerIpAddress: 'string',
        BackendResponseBody: 'string',
        TotalTime: 'long',
        Properties: 'dynamic',
      }),
    },
    {
      name: 'AzureDiagnostics',
      relation: 'diagnostics',
      columns: columns({
        TimeGenerated: 'datetime',
        _ResourceId: 'string',
        Category: 'string',
        OperationName: 'string',
        DurationMs: 'long',
      }),
    },
  ],
});
const NOW = 638_000_000_000_000_000n;

describe.each(Object.entries(MISTAKES))('%s', (_, mistakes) => {
  it.each(Object.entries(mistakes))('%s', (__, mistake: Mistake) => {
    const compiled = compiler.compile(mistake.query, { now: NOW });
    const said = compiled.ok ? compiled.warnings : compiled.diagnostics;
    expect(compiled.ok).toBe(mistake.isWarning === true);
    const [line, column] = mistake.at;
    const found = said.find((one) => one.code === mistake.code && one.line === line && one.column === column);
    expect(found, JSON.stringify(said, undefined, 1)).toBeDefined();
    expect(found?.message).toContain(mistake.says);
    expect(found?.severity).toBe(mistake.isWarning === true ? 'warning' : 'error');
    if (mistake.hint === undefined) expect(found?.hint ?? '').toBe(mistake.isWarning ? found?.hint : '');
    else expect(found?.hint).toContain(mistake.hint);
    const fix = compiled.ok ? undefined : compiled.fix;
    expect(fix?.text).toBe(mistake.fix);
    if (fix === undefined || mistake.fix === undefined) return;
    expect(applyEdits(mistake.query, fix.edits)).toBe(mistake.fix);
    const corrected = compiler.compile(mistake.fix, { now: NOW });
    expect(corrected.ok || corrected.discovery !== undefined, JSON.stringify(corrected)).toBe(true);
  });
});

it('has at least 60 cases', () => {
  expect(Object.values(MISTAKES).flatMap((mistakes) => Object.keys(mistakes)).length).toBeGreaterThanOrEqual(60);
});

it.each(Object.entries(NO_MISTAKES))('no mistake: %s', (_, query) => {
  const compiled = compiler.compile(query, { now: NOW });
  expect(compiled.ok && compiled.warnings).toEqual([]);
});

it.each([
  ['CallerIPAddress', 'CallerIpAddress'],
  ['CalerIpAddress', 'CallerIpAddress'],
  ['Caller_Ip_Address', 'CallerIpAddress'],
  ['Zebra', undefined],
  ['ab', undefined],
])('the name nearest to %s is %s', (name, expected) => {
  expect(nearName(name, ['TimeGenerated', 'CallerIpAddress', 'aa', 'x'])).toBe(expected);
});

/** The page that `docs/` has of these cases. */
function page(): string {
  const lines = [
    '# KQL diagnostics',
    '',
    'What the compiler says of mistakes that people make: Kusto’s own codes and texts (`KS…`) with line and column, and a hint where',
    'more is known. Where a corrected text is known, the refusal has it as `fix` (with the edits). Generated from the cases of',
    '`log-plane/kql/src/service/advice/mistakes.fixture.ts`; a test fails when this page is not what they say (`-u` writes it).',
    '',
  ];
  const code = (text: string) => `\`\`${text.replaceAll('\n', ' ⏎ ').replaceAll('|', '\\|')}\`\``;
  for (const [title, mistakes] of Object.entries(MISTAKES)) {
    lines.push(`## ${title}`, '', '| mistake | query | says | hint | corrected |', '|---|---|---|---|---|');
    for (const [name, { query, code: id, at, says, hint, fix }] of Object.entries(mistakes)) {
      const cells = [
        name.replaceAll('|', '\\|'),
        code(query),
        `${id} at ${at.join(':')}: ${says.replaceAll('|', '\\|')}`,
        (hint ?? '').replaceAll('|', '\\|'),
        fix === undefined ? '' : code(fix),
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
    lines.push('');
  }
  lines.push('## No mistakes here', '', 'As in Log Analytics, these run:', '');
  for (const [name, query] of Object.entries(NO_MISTAKES)) lines.push(`- ${name}: ${code(query)}`);
  return `${lines.join('\n')}\n`;
}

it('docs/kql-diagnostics.md is what the cases say', async () => {
  const path = join(import.meta.dirname, '..', '..', '..', '..', '..', 'docs', 'kql-diagnostics.md');
  await expect(page()).toMatchFileSnapshot(path);
});
