import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CommandResult, eventually, kql, run, type StartedSystem, startSystem } from '@vigia/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The monitoring lab by Microsoft's own packages alone, on a Vigia that has nothing: the programs of `docs/clients`, in
 * the order of its table, with no change but the ports. Each is a process of its own that trusts the local certificate
 * authority, because the packages send a token by nothing but https.
 */
const root = join(import.meta.dirname, '..', '..');
const pages = join(root, 'docs', 'clients');
const programOf = (page: string): string =>
  /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(join(pages, `${page}.md`), 'utf8'))?.[1] ?? '';

/** Page → what its program prints, line by line; `…` stands for what differs from run to run. */
const printed: Readonly<Record<string, readonly string[]>> = {
  'arm-resources': ['exists: true', 'group: rg-activategenai eastus', 'provider: Microsoft.ApiManagement Registered'],
  'arm-cognitiveservices': [
    'account: openai-contoso OpenAI Succeeded',
    'deployment: gpt-35-turbo 0613 Succeeded',
    'deployment: text-embedding-ada-002 2 Succeeded',
    'gpt-4o can be deployed: true',
    'keys: true true',
    'listed: openai-contoso',
  ],
  'arm-operationalinsights': [
    'workspace: law-contoso Succeeded …',
    'shared key: true',
    'table: ApiManagementGatewayLogs Analytics',
    '…',
    'columns: TenantId:string TimeGenerated:dateTime …IsRequestSuccess:boolean … RequestBody:string …',
  ],
  'arm-apimanagement': [
    'service: apim-contoso Succeeded …-…-…-…-…',
    'api: azure-openai openai',
    'operations: 3 true',
    'a wrong policy: 400 ValidationError',
    'subscription key: 32',
    'diagnostic: azuremonitor 8192',
    'listed: azure-openai',
  ],
  'arm-authorization': [
    'assigned: Cognitive Services User true',
    'a second time: 409 RoleAssignmentExists',
    'at the account: a97b65f3-24c7-4388-baec-2e87135dc908',
  ],
  'arm-monitor': [
    'openai-contoso Audit RequestResponse … Trace',
    'settings: 1',
    'apim-contoso GatewayLogs … GatewayLlmLogs …',
    'settings: 1',
  ],
  identity: [
    'managed https://cognitiveservices.azure.com true true true',
    'secret https://cognitiveservices.azure.com true true true',
    'default https://cognitiveservices.azure.com true true true',
    'a wrong secret: AuthenticationRequiredError true',
  ],
  openai: ['direct: gpt-35-turbo true', 'through the gateway: true', 'a wrong key: 401'],
  'monitor-query-logs': [
    'workspace: {"ApiId":"azure-openai","ResponseCode":200,"calls":1,"newest":"…Z"}',
    'workspace: {"ApiId":"azure-openai","ResponseCode":401,"calls":1,"newest":"…Z"}',
    'resource: {"calls":2}',
    'batch: {"answer":42}',
    'batch, a wrong query: PartialFailure BadArgumentError',
    'a wrong query: 400 BadArgumentError',
  ],
  'kusto-data': [
    'database: law-contoso',
    'columns: true true',
    'calls: 200 1',
    'calls: 401 1',
    'refused: 401 true true',
    'v1: {"name":"v1","bag":"{\\"a\\":[1,2]}"}',
    'v2: {"name":"v2","bag":{"a":[1,2]}}',
    "refused: 400 Semantic error: SEM0100: The name 'NoS",
    "refused: 400 The management command '.drop table' i",
    'too many rows: true',
  ],
};

describe('Azure’s own packages, by https', () => {
  let system: StartedSystem;
  let programs: string;
  beforeAll(async () => {
    system = await startSystem({ example: 'none' });
    // Packages are found from where a program lies.
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    programs = mkdtempSync(join(root, 'node_modules', '.vigia-clients-'));
  }, 120_000);
  afterAll(async () => {
    await system?.dispose();
    if (programs) rmSync(programs, { recursive: true, force: true });
  });

  /** What a person sets in the shell, by the commands that the pages name. */
  async function environment(): Promise<NodeJS.ProcessEnv> {
    const authority = (await system.vigia('trust', '--path')).stdout.trim();
    const identity = await system.vigia('identity', '--format', 'json');
    return {
      ...process.env,
      NODE_EXTRA_CA_CERTS: authority,
      AZURE_SUBSCRIPTION_ID: system.subscriptionId,
      // Before the service is made there is no identity.
      ...(identity.code === 0 ? (JSON.parse(identity.stdout) as Record<string, string>) : {}),
    };
  }

  async function runProgram(page: string, more: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
    const program = programOf(page)
      .replaceAll('https://localhost:7443', system.tlsAddresses.gateway)
      .replaceAll('https://localhost:7444', system.tlsAddresses.management)
      .replaceAll('https://localhost:7445', system.tlsAddresses.openai)
      .replaceAll('http://localhost:7082', system.addresses.openai);
    const file = join(programs, `${page}.mjs`);
    writeFileSync(file, program);
    return await run([file], { ...(await environment()), ...more });
  }

  it('has a page for each program, in the order of the table, with the versions that are installed', () => {
    const table = [
      ...readFileSync(join(pages, 'README.md'), 'utf8').matchAll(/^\| \[\S+\]\((\S+)\.md\) \| `(\S+)` (\S+) \|/gm),
    ];
    expect(table.map(([, page]) => page)).toEqual(Object.keys(printed));
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    for (const [, , name, version] of table) expect([name, devDependencies[String(name)]]).toEqual([name, version]);
  });

  it.each(Object.entries(printed))('%s', { timeout: 120_000 }, async (page, lines) => {
    if (page === 'monitor-query-logs') await rowsOfBothCalls();
    const { code, stdout, stderr } = await runProgram(page);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd()).toMatch(patternOf(lines));
  });

  it('a program that does not trust the authority sends nothing', { timeout: 60_000 }, async () => {
    const { code, stderr } = await runProgram('arm-resources', { NODE_EXTRA_CA_CERTS: '' });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/unable to verify the first certificate|self-signed certificate|unable to get local issuer/);
  });

  it('calls by https leave the version of TLS in their rows', async () => {
    const rows = await kql(
      system.addresses.management,
      await workspaceId(),
      'ApiManagementGatewayLogs | distinct ClientTlsVersion, Scheme = tostring(parse_url(Url).Scheme)',
    );
    expect(rows).toEqual([{ ClientTlsVersion: '1.3', Scheme: 'https' }]);
  });

  async function workspaceId(): Promise<string> {
    const { workspaces } = (await system.status()) as unknown as { workspaces: readonly { customerId: string }[] };
    return workspaces[0]?.customerId ?? '';
  }

  /** Two through the gateway (one refused), and both of the account's chats. */
  async function rowsOfBothCalls(): Promise<void> {
    const id = await workspaceId();
    await eventually(
      () =>
        kql(
          system.addresses.management,
          id,
          "union (ApiManagementGatewayLogs | project A = 1), (AzureDiagnostics | where Category == 'RequestResponse' | project A = 1) | count",
        ),
      ([row]) => row?.['Count'] === 4,
    );
  }
});

const patternOf = (lines: readonly string[]): RegExp => {
  const escaped = lines.map((line) =>
    line === '…' ? '[\\s\\S]*' : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'),
  );
  return new RegExp(`^${escaped.join('\\n')}$`);
};
