import { type CollectedTrace, changesOf, type TraceEntry } from '@vigia/policy';

/**
 * A trace for a person: a line a policy, with what it changed below.
 *
 *     inbound   set-header        api 5:5  0.05 ms
 *               request.headers.X-A: none → "1"
 */
export function traceText({ entries, messages, left }: CollectedTrace): string {
  const named = entries.map((entry) => `${'  '.repeat(entry.depth)}${entry.place.policy}`);
  const width = Math.max(0, ...named.map((name) => name.length));
  const lines = entries.flatMap((entry, nth) => {
    const { place, elapsedMs, outcome, error } = entry;
    const inner = entries.some((other, index) => index > nth && isInside(other, entry));
    const where = place.fragment === undefined ? place.scope : `${place.scope} fragment ${place.fragment}`;
    const time = elapsedMs === undefined ? 'not ended' : `${elapsedMs.toFixed(2)} ms`;
    const ended = outcome === 'end' ? '  ends the pipeline' : outcome === 'answered' ? '  answered from a cache' : '';
    const indent = ' '.repeat(11 + entry.depth * 2);
    return [
      `${place.section.padEnd(9)} ${(named[nth] ?? '').padEnd(width)}  ${where} ${place.line}:${place.column}  ${time}${ended}`,
      // What policies inside changed stands below those.
      ...(inner
        ? []
        : changesOf(entry).map(({ name, before, after }) => `${indent}${name}: ${quoted(before)} → ${quoted(after)}`)),
      ...entry.messages.map(({ level, source, message }) => `${indent}${level} ${source}: ${message}`),
      ...(error && !inner ? [`${indent}error ${error.reason}: ${error.message}`] : []),
    ];
  });
  return [
    ...lines,
    ...messages.map(({ level, source, message }) => `${level} ${source}: ${message}`),
    ...(left === 0 ? [] : [`${left} more policies ran.`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const isInside = (inner: TraceEntry, outer: TraceEntry): boolean =>
  inner.place.scope === outer.place.scope &&
  inner.place.section === outer.place.section &&
  inner.place.path.startsWith(`${outer.place.path}/`);

const quoted = (text: string | undefined): string =>
  text === undefined ? 'none' : JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
