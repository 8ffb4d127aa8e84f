import type { TracedMessage, TracedState, TraceEntry } from './collect-trace.ts';

/** One value that a policy changed; undefined: it was, or is, not there. */
export interface TraceChange {
  /** `request.headers.X-A`, `response.status`, `variables.name`, `request.url`, `backendId` … */
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What differs between the states before and after a policy, with what policies inside of it did. */
export function changesOf({ before, after }: TraceEntry): readonly TraceChange[] {
  if (!after) return [];
  const [left, right] = [flat(before), flat(after)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((name) => left.get(name) !== right.get(name))
    .map((name) => ({ name, before: left.get(name), after: right.get(name) }));
}

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
