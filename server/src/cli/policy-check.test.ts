import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from './main.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-policy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: readonly string[], stdin = '') {
  let out = '';
  let err = '';
  const code = await main(words, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => stdin,
    env: {},
    columns: undefined,
  });
  return { code, out: out.replaceAll(`${folder}/`, ''), err: err.replaceAll(`${folder}/`, '') };
}

function write(files: Readonly<Record<string, string | object>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify({ properties: content }));
  }
}

const inbound = (policies: string): string => `<policies>
  <inbound>
    <base />
    ${policies}
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

describe('vigia policy check', () => {
  it('tells file, line, column, the line itself and the hint', async () => {
    write({ 'loose/a.xml': inbound('<setHeader name="x" />') });
    const { code, out, err } = await run(['policy', 'check', join(folder, 'loose/a.xml')]);
    expect(out).toBe(
      'loose/a.xml:4:5 error policy.unknownPolicy: <setHeader> is not a policy.\n      <setHeader name="x" />\n      ^^^^^^^^^^\n  hint: The name is written <set-header>.\n',
    );
    expect({ code, err }).toEqual({ code: 1, err: '1 document checked: 1 mistake.\n' });
  });

  it("takes the scope from APIOps' layout, and knows the named values, fragments, backends and loggers of the folder", async () => {
    const setHeader = (value: string) => `<set-header name="x"><value>${value}</value></set-header>`;
    write({
      'artifacts/named values/host/namedValueInformation.json': { displayName: 'host', value: 'contoso.test' },
      'artifacts/named values/key/namedValueInformation.json': { displayName: 'the-key', secret: true },
      'artifacts/policy fragments/sign/policy.xml': `<fragment>${setHeader('{{the-key}}')}</fragment>`,
      'artifacts/backends/pool/backendInformation.json': { url: 'https://contoso.test' },
      'artifacts/loggers/hub/loggerInformation.json': { loggerType: 'azureEventHub', credentials: { name: 'h' } },
      'artifacts/policy.xml':
        '<policies><inbound/><backend><forward-request/></backend><outbound/><on-error/></policies>',
      'artifacts/apis/a/policy.xml': inbound(
        `<include-fragment fragment-id="sign" /><set-backend-service backend-id="pool" /><log-to-eventhub logger-id="hub">x</log-to-eventhub>${setHeader('{{host}}')}`,
      ),
      'artifacts/apis/a/operations/o/policy.xml': inbound('<rate-limit calls="{{the-key}}" renewal-period="60" />'),
      'artifacts/products/p/policy.xml': inbound('<quota calls="1" renewal-period="300" />'),
    });
    const fine = await run(['policy', 'check', join(folder, 'artifacts'), '--format', 'json']);
    expect(JSON.parse(fine.out)).toEqual({
      documents: [
        { file: 'artifacts/apis/a/operations/o/policy.xml', scope: 'operation' },
        { file: 'artifacts/apis/a/policy.xml', scope: 'api' },
        { file: 'artifacts/policy fragments/sign/policy.xml', scope: 'fragment' },
        { file: 'artifacts/policy.xml', scope: 'global' },
        { file: 'artifacts/products/p/policy.xml', scope: 'product' },
      ],
      errors: 0,
      mistakes: [],
    });
    expect(fine.code).toBe(0);
    write({
      'artifacts/apis/a/policy.xml': inbound(
        `<quota calls="1" renewal-period="300" /><set-backend-service backend-id="gone" />${setHeader('{{nobody}}')}`,
      ),
      'artifacts/apis/b/policy.xml': inbound('<include-fragment fragment-id="gone" />'),
    });
    const wrong = await run(['policy', 'check', join(folder, 'artifacts'), '--format', 'json']);
    const { mistakes }: { mistakes: { file: string; code: string; line: number }[] } = JSON.parse(wrong.out);
    expect(mistakes.map(({ file, code, line }) => `${file}:${line} ${code}`)).toEqual([
      'artifacts/apis/a/policy.xml:4 policy.wrongScope',
      'artifacts/apis/a/policy.xml:4 policy.unknownBackend',
      'artifacts/apis/a/policy.xml:4 policy.unknownNamedValue',
      'artifacts/apis/b/policy.xml:4 policy.fragment',
    ]);
    expect(wrong.code).toBe(1);
  });

  it.each<[string, readonly string[], string, number, string]>([
    [
      'standard input',
      ['-', '--scope', 'product'],
      inbound('<quota calls="1" renewal-period="300" />'),
      0,
      '0 mistakes',
    ],
    ['--scope over all', ['-', '--scope', 'api'], inbound('<quota calls="1" renewal-period="300" />'), 1, '1 mistake'],
    ['a fragment by its root', ['-'], '<!-- c -->\n<fragment><set-method>GET</set-method></fragment>', 0, '0 mistakes'],
    [
      'loggers that no folder names',
      ['-'],
      inbound('<log-to-eventhub logger-id="l">x</log-to-eventhub>'),
      0,
      '0 mistakes',
    ],
    ['a path that is none', ['/nowhere/policy.xml'], '', 1, '/nowhere/policy.xml'],
    ['a scope that is none', ['-', '--scope', 'world'], '', 2, 'world'],
  ])('%s', async (_, words, stdin, code, text) => {
    const result = await run(['policy', 'check', ...words], stdin);
    expect({ code: result.code, says: result.err.includes(text) }, result.err + result.out).toEqual({
      code,
      says: true,
    });
  });
});
