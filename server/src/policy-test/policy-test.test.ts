import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../cli/main.ts';
import { compareValue } from './compare.ts';
import { readTestFile } from './read-test-file.ts';
import { runPolicyTests, testFilesIn } from './run-policy-tests.ts';

const examples = join(import.meta.dirname, '..', '..', '..', 'docs', 'policy-tests');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-policy-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: readonly string[]) {
  let out = '';
  let err = '';
  const code = await main(words, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => '',
    env: {},
    columns: undefined,
  });
  return { code, out: out.replaceAll(`${folder}/`, ''), err };
}

const policy = `<policies><inbound>
  <set-variable id="mark" name="v" value="@(1.5)" />
  <choose>
    <when condition="@(context.Request.Method == "DELETE")">
      <return-response><set-status code="405" reason="No" /></return-response>
    </when>
  </choose>
  <set-header name="X-Key"><value>{{key}}</value></set-header>
  <send-one-way-request mode="new"><set-url>https://log.test/</set-url></send-one-way-request>
  <emit-metric name="m" value="2"><dimension name="d" value="x" /></emit-metric>
  <trace source="me"><message>hello</message></trace>
</inbound><backend><forward-request /></backend><outbound /><on-error /></policies>`;

/** A file of one case `c` over the document above. */
async function resultOf(expectation: string, more = '') {
  const file = join(folder, 'one.test.yaml');
  writeFileSync(join(folder, 'one.xml'), policy);
  writeFileSync(
    file,
    `secrets: { key: hush }\ncases:\n  c:\n    calls: [{ url: https://log.test/ }]\n${more}    expect: ${expectation}\n`,
  );
  const [result] = await runPolicyTests([file]);
  return result;
}

describe('the examples of docs/policy-tests', () => {
  it('pass, and reach every policy of their documents', async () => {
    const results = await runPolicyTests(testFilesIn(examples));
    expect(results.length).toBeGreaterThanOrEqual(10);
    for (const { file, mistakes, cases, unreached } of results) {
      expect({ mistakes, failed: cases.filter(({ isPassed }) => !isPassed), unreached }, file).toEqual({
        mistakes: [],
        failed: [],
        unreached: [],
      });
    }
  });

  it.each<[string, string, string, string]>([
    ['lab', 'exists-action="delete"', 'exists-action="skip"', 'backend.headers.api-key'],
    ['rate-limit', 'calls="3"', 'calls="4"', 'response.headers.X-Remaining'],
    ['token-limit', 'tokens-per-minute="100"', 'tokens-per-minute="1000"', 'response.headers.X-Remaining-Tokens'],
    ['cache', 'duration="60"', 'duration="600"', 'then[1].backend'],
    ['on-error', '<value>30</value>', '<value>31</value>', 'response.headers.Retry-After'],
    ['rewrite', 'to="api.', 'to="www.', 'response.body'],
    ['validate-jwt', '<value>reader</value>', '<value>writer</value>', 'response.status'],
  ])('%s fails where the policy has %s as %s', async (name, text, other, path) => {
    const source = readFileSync(join(examples, name, 'policy.xml'), 'utf8');
    expect(source).toContain(text);
    writeFileSync(join(folder, 'changed.xml'), source.replaceAll(text, other));
    writeFileSync(join(folder, 'changed.test.yaml'), readFileSync(join(examples, name, 'policy.test.yaml')));
    const [result] = await runPolicyTests([join(folder, 'changed.test.yaml')]);
    expect(result?.cases.flatMap(({ differences }) => differences.map((one) => one.path))).toContain(path);
  });
});

describe('what is expected and what is found', () => {
  it.each<[string, string, readonly string[]]>([
    ['all of it as it is', '{ backend: { method: GET }, response: { status: 200 }, error: none }', []],
    ['another status', '{ response: { status: 201 } }', ['response.status']],
    ['a header that must not be', '{ backend: { headers: { x-key: null } } }', ['backend.headers.x-key']],
    ['no call where one was made', '{ backend: none }', ['backend']],
    ['two calls where one was made', '{ backend: [{}, {}] }', ['backend']],
    ['no calls of policies where one was made', '{ calls: none }', ['calls']],
    ['a variable of C#', '{ variables: { v: 1.5, w: null } }', []],
    ['another variable', '{ variables: { v: 2, w: 1 } }', ['variables.v', 'variables.w']],
    ['an error where there is none', '{ error: { reason: Timeout } }', ['error.reason']],
    ['a metric', '{ metrics: [{ name: m, value: 2, dimensions: { d: x } }] }', []],
    ['another metric', '{ metrics: [{ dimensions: { d: y } }] }', ['metrics[0].dimensions.d']],
    ['a message', '{ traces: [{ source: me, message: hello }] }', []],
    ['a message that nobody wrote', '{ traces: [{ message: bye }] }', ['traces']],
    ['policies by path, id and scope', '{ reached: [mark, inbound/choose, "api:inbound/trace"] }', []],
    ['a policy that did not run', '{ reached: [inbound/choose/when/return-response] }', ['reached']],
    ['a policy that ran', '{ notReached: [mark] }', ['notReached']],
    ['a policy that there is not', '{ notReached: [inbound/nothing] }', ['notReached']],
  ])('%s', async (_, expectation, paths) => {
    const result = await resultOf(expectation);
    expect(result?.mistakes).toEqual([]);
    expect(result?.cases[0]?.differences.map(({ path }) => path)).toEqual(paths);
    expect(result?.cases[0]?.isPassed).toBe(paths.length === 0);
  });

  it('shows no secret', async () => {
    const result = await resultOf('{ backend: { headers: { X-Key: other } } }');
    expect(result?.cases[0]?.differences).toEqual([
      { path: 'backend.headers.X-Key', expected: '"other"', found: '"***"' },
    ]);
    expect(JSON.stringify(result)).not.toContain('hush');
  });

  it('tells the policies that no case reached', async () => {
    const result = await resultOf('{}');
    expect(result?.policies).toBe(8);
    expect(result?.unreached?.map(({ section, path }) => `${section}/${path}`)).toEqual([
      'inbound/choose[1]/when[1]/return-response[1]',
    ]);
  });

  it('fails where a call of a policy has no answer, also where nobody waits for it', async () => {
    const result = await resultOf('{}', '    request: { method: PUT }\n    then: [{ calls: [] }]\n');
    expect(result?.cases[0]?.differences).toMatchObject([
      { path: 'then[0].calls', found: expect.stringContaining('https://log.test/') },
      { path: 'then[0].calls' },
    ]);
  });

  it.each<[string, unknown, unknown, boolean]>([
    ['a number and its text', 7, '7', true],
    ['a number and an empty text', 0, '', false],
    ['JSON whole', { a: 1 }, '{"a":1,"b":2}', false],
    ['a part of JSON', { contains: { b: [2] } }, '{"a":1,"b":[1,2]}', true],
    ['a part that is not there', { contains: { b: [3] } }, '{"a":1,"b":[1,2]}', false],
    ['a part of a text', { contains: 'ell' }, 'hello', true],
    ['a pattern', { matches: '^h.*o$' }, 'hello', true],
    ['a pattern that is none', { matches: '(' }, '(', false],
    ['an object with such a word', { equals: { contains: 1 } }, '{"contains":1}', true],
    ['nothing where a text is expected', 'x', undefined, false],
    ['nothing, as expected', null, undefined, true],
    ['a text that is no JSON', { a: 1 }, 'a', false],
  ])('compares %s', (_, expected, found, isEqual) =>
    expect(compareValue('x', expected, found).length === 0).toBe(isEqual),
  );
});

describe('mistakes in a file of tests', () => {
  it.each<[string, string, number, number, string]>([
    ['a wrong key', 'cases:\n  c:\n    expct: {}\n', 3, 5, "'cases.c' has no key 'expct'. Was 'expect' meant?"],
    [
      'a wrong key deep inside',
      'cases:\n  c:\n    expect:\n      backend:\n        metod: GET\n',
      5,
      9,
      "has no key 'metod'. Was 'method' meant?",
    ],
    ['a wrong value', 'cases:\n  c:\n    backend: { status: 99 }\n', 3, 24, "'cases.c.backend.status'"],
    ['a wrong time', 'given: { time: yesterday }\ncases: { c: {} }\n', 1, 16, "'given.time'"],
    ['no case', 'policy: a.xml\n', 1, 1, "'cases'"],
    ['cases without one', 'cases: {}\n', 1, 8, 'There is no case'],
    ['a name twice', 'cases:\n  c: {}\n  c: {}\n', 3, 3, 'unique'],
    ['no YAML', 'cases:\n  c: [\n', 3, 1, 'Flow sequence'],
  ])('%s', (_, text, line, column, message) => {
    const read = readTestFile(text);
    expect('mistakes' in read ? read.mistakes : []).toMatchObject([
      { line, column, message: expect.stringContaining(message) },
    ]);
  });

  it('are told with the file, as are those of the policy', async () => {
    writeFileSync(join(folder, 'bad.xml'), '<policies><inbound><nothing /></inbound></policies>');
    writeFileSync(join(folder, 'bad.test.yaml'), 'cases: { c: {} }\n');
    const { code, out } = await run(['policy', 'test', join(folder, 'bad.test.yaml')]);
    expect({ code, says: out.includes('bad.xml:1:20 <nothing> is not a policy.') }, out).toEqual({
      code: 1,
      says: true,
    });
  });
});

describe('vigia policy test', () => {
  const lab = join(examples, 'lab', 'policy.test.yaml');

  it('writes JUnit for a CI server, with what differs', async () => {
    await resultOf('{ response: { status: 201 }, error: none }');
    const file = join(folder, 'reports', 'junit.xml');
    const { code, out, err } = await run([
      'policy',
      'test',
      join(folder, 'one.test.yaml'),
      '--format',
      'junit',
      '--output-file',
      file,
    ]);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: '0 passed, 1 failed\n' });
    const text = readFileSync(file, 'utf8')
      .replaceAll(`${folder}/`, '')
      .replaceAll(/time="[\d.]+"/g, 'time=""');
    expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="one.test.yaml" tests="1" failures="1" errors="0" time="">
    <testcase name="c" classname="one.test.yaml" file="one.test.yaml" line="3" time="">
      <failure message="response.status: expected 201, found 200">response.status&#10;  expected  201&#10;  found     200</failure>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('runs only the cases that are named, and shows what each policy did', async () => {
    const { code, out, err } = await run(['policy', 'test', lab, '--case', 'without an identity', '--trace']);
    expect({ code, err }).toEqual({ code: 0, err: '1 passed, 0 failed\n' });
    expect(out).toMatch(/inbound {3}set-header +api 5:5 {2}[\d.]+ ms\n +request\.headers\.api-key: "\*\*\*" → none\n/);
    expect(out).toContain('error ManagedIdentityTokenFailure: The service has no identity.');
  });

  it('prints JSON', async () => {
    const { out } = await run(['policy', 'test', lab, '--format', 'json']);
    expect(JSON.parse(out)).toMatchObject({ passed: true, files: [{ cases: [{ isPassed: true, line: 17 }, {}, {}] }] });
  });

  it.each<[string, readonly string[], string]>([
    ['no file of tests', ['--', 'FOLDER/none'], 'no such file'],
    ['no case of that name', [lab, '--case', 'nobody'], "No case has 'nobody' in its name"],
  ])('says of %s what is missing', async (_, words, text) => {
    const { code, err } = await run(['policy', 'test', ...words.map((word) => word.replace('FOLDER', folder))]);
    expect({ code, says: err.includes(text) }, err).toEqual({ code: 1, says: true });
  });
});
