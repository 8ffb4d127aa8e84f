import type { CollectedTrace, TracedMessage, TracedState, TraceEntry } from '@vigia/policy';

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
      ...(inner ? [] : changes(entry).map((change) => `${indent}${change}`)),
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

/** `response.status: 200 → 401`, in the order of the parts. */
function changes({ before, after }: TraceEntry): readonly string[] {
  if (!after) return [];
  const [left, right] = [flat(before), flat(after)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key}: ${quoted(left.get(key))} → ${quoted(right.get(key))}`);
}

const quoted = (text: string | undefined): string =>
  text === undefined ? 'none' : JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

function flat({ request, response, backendId, variables }: TracedState): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  const message = (name: string, { headers, body }: TracedMessage): void => {
    for (const [header, value] of Object.entries(headers)) parts.set(`${name}.headers.${header}`, value);
    if (body !== undefined) parts.set(`${name}.body`, body);
  };
  parts.set('request.method', request.method);
  parts.set('request.url', request.url);
  message('request', request);
  if (response) {
    parts.set('response.status', `${response.status}${response.reason === '' ? '' : ` ${response.reason}`}`);
    message('response', response);
  }
  if (backendId !== undefined) parts.set('backendId', backendId);
  for (const [name, value] of Object.entries(variables)) parts.set(`variables.${name}`, value);
  return parts;
}
