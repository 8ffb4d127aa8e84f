import { responseParts, toText } from '@vigia/expression';
import type { CollectedTrace, PolicyPlace } from '@vigia/policy';
import { compareValue, type Difference, shown } from './compare.ts';
import type { TestContext } from './test-context.ts';
import type { Expectation } from './test-file-schema.ts';
import { type Exchange, headersOf, type SeenCall } from './test-services.ts';

/** What came of one request. */
export interface FinishedRun {
  readonly context: TestContext;
  /** Of the answer; undefined where it has none. */
  readonly body: string | undefined;
  readonly exchange: Exchange;
  readonly trace: CollectedTrace;
  /** All policies that there are. */
  readonly places: readonly PolicyPlace[];
}

/** Everything that differs from what was expected; what a test does not name is not compared. */
export function compareRun(expected: Expectation, run: FinishedRun): readonly Difference[] {
  const { context, exchange, body } = run;
  const { response, lastError } = context;
  const differences: Difference[] = exchange.faults.map((fault) => ({
    path: 'calls',
    expected: 'an answer for each call',
    found: fault,
  }));
  if (expected.backend !== undefined) {
    const wanted = expected.backend === 'none' ? [] : [expected.backend].flat();
    differences.push(...compareCalls('backend', wanted, exchange.seenBackend));
  }
  if (expected.calls !== undefined) {
    differences.push(...compareCalls('calls', expected.calls === 'none' ? [] : expected.calls, exchange.seenCalls));
  }
  if (expected.response) {
    differences.push(
      ...compareParts('response', expected.response, {
        status: response?.status,
        reason: response?.reason,
        headers: response ? headersOf(response.headers) : {},
        body,
      }),
    );
  }
  for (const [name, value] of Object.entries(expected.variables ?? {})) {
    differences.push(...compareValue(`variables.${name}`, value, plain(context.variables.get(name))));
  }
  if (expected.error === 'none') {
    differences.push(...compareValue('error', null, lastError && `${lastError.source}: ${lastError.message}`));
  } else if (expected.error) differences.push(...compareParts('error', expected.error, { ...lastError }));
  if (expected.traces) differences.push(...compareEach('traces', expected.traces, context.traces));
  if (expected.metrics !== undefined) {
    const wanted = expected.metrics === 'none' ? [] : expected.metrics;
    differences.push(...compareList('metrics', wanted, exchange.metrics));
  }
  differences.push(...compareReached(expected, run));
  return differences;
}

type Parts = Readonly<Record<string, unknown>>;

/** Each part that is expected; `headers` and `dimensions` hold names of their own, those of headers without case. */
function compareParts(path: string, expected: Parts, found: Parts): readonly Difference[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const here = `${path}.${name}`;
    if (name !== 'headers' && name !== 'dimensions') return compareValue(here, value, found[name]);
    const inside = (found[name] ?? {}) as Parts;
    return Object.entries(value as Parts).flatMap(([key, one]) =>
      compareValue(`${here}.${key}`, one, inside[name === 'headers' ? key.toLowerCase() : key]),
    );
  });
}

function compareList(path: string, wanted: readonly Parts[], found: readonly object[]): readonly Difference[] {
  if (wanted.length !== found.length) {
    return [{ path, expected: `${wanted.length}`, found: `${found.length}: ${shown(found)}` }];
  }
  return wanted.flatMap((one, nth) => compareParts(`${path}[${nth}]`, one, { ...found[nth] }));
}

function compareCalls(path: string, wanted: readonly Parts[], found: readonly SeenCall[]): readonly Difference[] {
  if (wanted.length === found.length) {
    return wanted.flatMap((one, nth) =>
      compareParts(wanted.length === 1 ? path : `${path}[${nth}]`, one, { ...found[nth] }),
    );
  }
  const calls = (count: number): string => (count === 0 ? 'no call' : count === 1 ? 'one call' : `${count} calls`);
  const made = found.map(({ method, url }) => `${method} ${url}`).join(', ');
  return [{ path, expected: calls(wanted.length), found: `${calls(found.length)}${made === '' ? '' : `: ${made}`}` }];
}

/** Every wanted one is among those that were found, in any place. */
const compareEach = (path: string, wanted: readonly Parts[], found: readonly object[]): readonly Difference[] =>
  wanted
    .filter((one) => !found.some((candidate) => compareParts(path, one, { ...candidate }).length === 0))
    .map((one) => ({ path, expected: shown(one), found: shown(found) }));

const withoutFirst = (path: string): string => path.replaceAll('[1]', '');

/** How a test may name a policy: `inbound/choose/when[2]/set-header`, with a scope `api:inbound/…`, or its id. */
export function isNamed(place: PolicyPlace, name: string): boolean {
  if (place.policyId === name) return true;
  const wanted = withoutFirst(name);
  const path = withoutFirst(`${place.section}/${place.path}`);
  return wanted === path || wanted === `${place.scope}:${path}`;
}

function compareReached(
  { reached = [], notReached = [] }: Expectation,
  { trace, places }: FinishedRun,
): readonly Difference[] {
  const ran = trace.entries.map(({ place }) => place);
  const list = (all: readonly PolicyPlace[]): string =>
    [...new Set(all.map(({ section, path }) => withoutFirst(`${section}/${path}`)))].join(', ') || 'none';
  return [...reached.map((name) => [name, true] as const), ...notReached.map((name) => [name, false] as const)].flatMap(
    ([name, isWanted]) => {
      const path = isWanted ? 'reached' : 'notReached';
      if (!places.some((place) => isNamed(place, name))) {
        return [{ path, expected: `a policy '${name}'`, found: `no such policy; there are ${list(places)}` }];
      }
      if (ran.some((place) => isNamed(place, name)) === isWanted) return [];
      return [{ path, expected: isWanted ? `${name} runs` : `${name} does not run`, found: `ran: ${list(ran)}` }];
    },
  );
}

/** A C# value as a test can say it. */
export function plain(value: unknown): unknown {
  if (value === undefined || value === null || typeof value === 'boolean') return value;
  const response = responseParts(value);
  if (!response) return toText(value);
  const { status, reason, body } = response;
  const text = body?.bytes && new TextDecoder().decode(body.bytes);
  return { status, reason, ...(text === undefined ? {} : { body: text }) };
}
