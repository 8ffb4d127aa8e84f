import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CSharp } from '@vigia/expression';
import {
  type CollectedTrace,
  type CompiledPolicy,
  collectTrace,
  createPolicyCompiler,
  createSecretMask,
  type PolicyPlace,
  type PolicyScope,
  type PolicySurroundings,
  type ScopedDocument,
  type SecretMask,
  type TokenCounter,
} from '@vigia/policy';
import { placeOf, readServiceFolder } from '../policy-check/service-folder.ts';
import type { Difference } from './compare.ts';
import { compareRun } from './compare-run.ts';
import { readTestFile } from './read-test-file.ts';
import { createTestContext } from './test-context.ts';
import type { FollowingRequest, Given, TestCase, TestFile } from './test-file-schema.ts';
import { createTestServices, type Exchange, heldClock, type TestServices } from './test-services.ts';

/** A mistake that keeps a file's cases from running. */
export interface FileMistake {
  /** Of the test file or of a policy document. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export interface CaseResult {
  readonly name: string;
  /** Line of the case in its file. */
  readonly line: number;
  readonly isPassed: boolean;
  readonly differences: readonly Difference[];
  /** The case could not be run to its end. */
  readonly fault?: string;
  readonly milliseconds: number;
  /** One a request. */
  readonly traces: readonly CollectedTrace[];
}

export interface TestFileResult {
  readonly file: string;
  readonly policy?: string;
  readonly mistakes: readonly FileMistake[];
  readonly cases: readonly CaseResult[];
  /** Policies of the document under test that no case reached; undefined where nothing ran. */
  readonly unreached?: readonly PolicyPlace[];
  readonly policies: number;
}

export interface TestRunner {
  readonly csharp: CSharp;
  readonly tokens: TokenCounter;
  /** Runs only the cases for which it is true. */
  readonly isChosen?: (name: string) => boolean;
}

const defaultTime = '2026-01-01T00:00:00Z';

/** Runs the cases of one file of tests; never throws for what stands in it. */
export async function runTestFile(file: string, runner: TestRunner): Promise<TestFileResult> {
  const failed = (mistakes: readonly FileMistake[], policy?: string): TestFileResult => ({
    file,
    ...(policy === undefined ? {} : { policy }),
    mistakes,
    cases: [],
    policies: 0,
  });
  const read = readTestFile(readFileSync(file, 'utf8'));
  if ('mistakes' in read) return failed(read.mistakes.map((mistake) => ({ file, ...mistake })));
  const policy = policyOf(file, read.file);
  if (!isFile(policy)) {
    const message = `The policy document ${policy} does not exist.`;
    return failed([{ file, line: read.lineOf(['policy']), column: 1, message }]);
  }
  const loaded = loadPolicy(file, policy, { tests: read.file, csharp: runner.csharp });
  if ('mistakes' in loaded) return failed(loaded.mistakes, policy);
  const cases: CaseResult[] = [];
  for (const [name, testCase] of Object.entries(read.file.cases)) {
    if (runner.isChosen && !runner.isChosen(name)) continue;
    const result = await runCase(testCase, { runner, loaded, given: read.file.given ?? {} });
    cases.push({ name, line: read.lineOf(['cases', name]), ...result });
  }
  const own = loaded.compiled.places.filter(({ scope }) => scope === loaded.scope);
  const reached = new Set(
    cases.flatMap(({ traces }) => traces.flatMap(({ entries }) => entries.map(({ place }) => place))),
  );
  return {
    file,
    policy,
    mistakes: [],
    cases,
    policies: own.length,
    unreached: own.filter((place) => !reached.has(place)),
  };
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** `policy` of the file, else the document of the same name beside it. */
const policyOf = (file: string, { policy }: TestFile): string =>
  policy === undefined ? file.replace(/\.test\.ya?ml$/i, '.xml') : join(dirname(file), policy);

interface LoadedPolicy {
  readonly compiled: CompiledPolicy;
  readonly scope: PolicyScope;
  readonly backends: ReadonlyMap<string, string>;
  /** For traces. */
  readonly mask: SecretMask;
  /** For what differs: named secrets only, the rest of a test is its author's own. */
  readonly hide: (text: string) => string;
}

function loadPolicy(
  file: string,
  policy: string,
  { tests, csharp }: { readonly tests: TestFile; readonly csharp: CSharp },
): LoadedPolicy | { readonly mistakes: readonly FileMistake[] } {
  const place = placeOf(resolve(policy));
  const known = place.service === undefined ? {} : readServiceFolder(place.service);
  const placed = place.scope === 'fragment' ? undefined : place.scope;
  const scope = tests.scope ?? placed ?? 'api';
  const beside = (path: string): string => join(dirname(file), path);
  const files: readonly { readonly scope: PolicyScope; readonly path: string }[] = [
    ...outerOf(tests, beside, { service: place.service, scope, policy }),
    { scope, path: policy },
  ];
  const fragmentFiles = Object.entries(tests.fragments ?? {}).map(([id, path]) => ({ id, path: beside(path) }));
  const missing = [...files, ...fragmentFiles].filter(({ path }) => !isFile(path));
  if (missing.length > 0) {
    return {
      mistakes: missing.map(({ path }) => ({ file, line: 1, column: 1, message: `The file ${path} does not exist.` })),
    };
  }
  const textOf = (path: string): string => fillIn(readFileSync(path, 'utf8'), tests.placeholders ?? {});
  const surroundings = surroundingsOf(
    known,
    tests,
    fragmentFiles.map(({ id, path }) => ({ id, document: textOf(path) })),
  );
  const documents = files.map((one): ScopedDocument => ({ scope: one.scope, text: textOf(one.path) }));
  const compiler = createPolicyCompiler(csharp);
  const mistakes = files.flatMap((one, nth) =>
    compiler
      .check(documents[nth]?.text ?? '', { scope: one.scope, ...surroundings })
      .filter(({ severity }) => severity === 'error')
      .map(({ line, column, message, hint }) => ({
        file: one.path,
        line,
        column,
        message: hint === undefined ? message : `${message} ${hint}`,
      })),
  );
  if (mistakes.length > 0) return { mistakes };
  const secrets = (surroundings.namedValues ?? []).filter(({ secret }) => secret).map(({ value }) => value);
  return {
    compiled: compiler.compile({ documents, ...surroundings }),
    scope,
    backends: new Map(
      (surroundings.backends ?? []).flatMap((backend) =>
        'url' in backend && typeof backend.url === 'string' ? [[backend.id.toLowerCase(), backend.url] as const] : [],
      ),
    ),
    mask: createSecretMask({ values: secrets }),
    hide: (text) =>
      secrets.reduce((hidden, secret) => (secret === '' ? hidden : hidden.replaceAll(secret, '***')), text),
  };
}

/** The documents around the one under test: those that the file names, else those of APIOps' layout. */
function outerOf(
  { outer }: TestFile,
  beside: (path: string) => string,
  own: { readonly service: string | undefined; readonly scope: PolicyScope; readonly policy: string },
): readonly { readonly scope: PolicyScope; readonly path: string }[] {
  const order: readonly PolicyScope[] = ['global', 'workspace', 'product', 'api', 'operation'];
  const around = order.slice(0, order.indexOf(own.scope));
  if (outer) {
    return around.flatMap((scope) => (outer[scope] === undefined ? [] : [{ scope, path: beside(outer[scope]) }]));
  }
  if (own.service === undefined) return [];
  const places: Partial<Record<PolicyScope, string>> = {
    global: join(own.service, 'policy.xml'),
    api: join(dirname(own.policy), '..', '..', 'policy.xml'),
  };
  return around.flatMap((scope) => {
    const path = places[scope];
    return path !== undefined && isFile(path) ? [{ scope, path }] : [];
  });
}

/** `<<name>>` of guides, as `vigia apim policy set --set` fills it in. */
const fillIn = (text: string, placeholders: Readonly<Record<string, string>>): string =>
  Object.entries(placeholders).reduce((filled, [name, value]) => filled.replaceAll(`<<${name}>>`, value), text);

/** What the file says of names goes before what the folder says. */
function surroundingsOf(
  known: PolicySurroundings,
  { namedValues = {}, secrets = {}, backends, loggers }: TestFile,
  fragments: readonly { readonly id: string; readonly document: string }[],
): PolicySurroundings {
  const own = [
    ...Object.entries(namedValues).map(([name, value]) => ({ name, value: String(value) })),
    ...Object.entries(secrets).map(([name, value]) => ({ name, value, secret: true })),
  ];
  const merged = <T>(ours: readonly T[], theirs: readonly T[] = [], nameOf: (one: T) => string): readonly T[] => [
    ...ours,
    ...theirs.filter((one) => !ours.some((mine) => nameOf(mine).toLowerCase() === nameOf(one).toLowerCase())),
  ];
  const ownBackends = Object.entries(backends ?? {}).map(([id, url]) => ({ id, url }));
  return {
    namedValues: merged(own, known.namedValues, ({ name }) => name),
    fragments: merged(fragments, known.fragments, ({ id }) => id),
    backends: merged<{ readonly id: string }>(ownBackends, known.backends, ({ id }) => id),
    loggers: merged(
      Object.entries(loggers ?? {}).map(([id, logger]) => ({ id, ...logger })),
      known.loggers,
      ({ id }) => id,
    ),
  };
}

async function runCase(
  testCase: TestCase,
  parts: { readonly runner: TestRunner; readonly loaded: LoadedPolicy; readonly given: Given },
): Promise<Omit<CaseResult, 'name' | 'line'>> {
  const { runner, loaded } = parts;
  const begun = performance.now();
  const base = mergeGiven(parts.given, testCase);
  const clock = heldClock(Date.parse(base.time ?? defaultTime));
  const world = createTestServices({
    clock,
    tokens: runner.tokens,
    backends: loaded.backends,
    first: exchangeOf(base),
  });
  const traces: CollectedTrace[] = [];
  const differences: Difference[] = [];
  const requests: readonly FollowingRequest[] = [
    { expect: testCase.expect, times: testCase.times },
    ...(testCase.then ?? []),
  ] as readonly FollowingRequest[];
  let fault: string | undefined;
  try {
    for (const [nth, { after = 0, times = 1, expect = {}, ...changes }] of requests.entries()) {
      clock.advance(after * 1000);
      const given = mergeGiven(base, changes);
      for (let time = 1; time <= times; time++) {
        const run = await runRequest(given, { ...parts, clock, world });
        traces.push(run.trace);
        if (time < times) continue;
        const found = compareRun(expect, { ...run, places: loaded.compiled.places });
        differences.push(
          ...found.map((one) => ({
            path: nth === 0 ? one.path : `then[${nth - 1}].${one.path}`,
            expected: loaded.hide(one.expected),
            found: loaded.hide(one.found),
          })),
        );
      }
    }
  } catch (error) {
    fault = loaded.hide(error instanceof Error ? error.message : String(error));
  }
  return {
    isPassed: differences.length === 0 && fault === undefined,
    differences,
    ...(fault === undefined ? {} : { fault }),
    milliseconds: performance.now() - begun,
    traces,
  };
}

async function runRequest(
  given: Given,
  parts: {
    readonly runner: TestRunner;
    readonly loaded: LoadedPolicy;
    readonly clock: ReturnType<typeof heldClock>;
    readonly world: TestServices;
  },
) {
  const { runner, loaded, clock, world } = parts;
  const exchange = exchangeOf(given);
  world.use(exchange);
  const tracer = collectTrace(loaded.mask, () => performance.now());
  const context = createTestContext(given, { csharp: runner.csharp, clock, services: world.services, tracer });
  const { pipeline } = loaded.compiled;
  if (context.request.method === 'OPTIONS' && pipeline.preflight(context)) {
    await context.followUps.beforeAnswer(context);
  } else await pipeline.run(context);
  const bytes = await context.response?.body?.buffer();
  const failures = [...(await context.followUps.settled()), ...(await world.settled())];
  for (const failure of failures) {
    exchange.faults.push(failure instanceof Error ? failure.message : String(failure));
  }
  return { context, body: bytes && new TextDecoder().decode(bytes), exchange, trace: tracer.collected() };
}

const exchangeOf = ({ backend = {}, calls = [], identity = {} }: Given): Exchange => ({
  backend: [backend].flat(),
  calls,
  identity,
  seenBackend: [],
  seenCalls: [],
  metrics: [],
  faults: [],
  used: new Set(),
});

/** What a case says goes before what the file says for all: request, variables and API part by part, lists whole. */
function mergeGiven(outer: Given, inner: Given): Given {
  const { request, variables, api } = inner;
  const headers = { ...outer.request?.headers, ...request?.headers };
  return {
    ...outer,
    ...Object.fromEntries(Object.entries(inner).filter(([, value]) => value !== undefined)),
    request: { ...outer.request, ...request, ...(Object.keys(headers).length > 0 ? { headers } : {}) },
    variables: { ...outer.variables, ...variables },
    api: { ...outer.api, ...api },
  };
}
