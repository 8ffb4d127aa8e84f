import type { RequestTrace } from '@vigia/gateway';
import type { AzureClient } from './azure-client.ts';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

export const debugHeader = 'Apim-Debug-Authorization';
/** As Node.js spells it. */
export const traceHeader = 'apim-trace-id';

interface Traced {
  readonly serviceId: string;
  readonly apiId: string;
}

/** A credential that opens the trace of a call of the API. */
export async function debugCredential(client: AzureClient, { serviceId, apiId }: Traced): Promise<string> {
  const body = { apiId: `${serviceId}/apis/${apiId}`, purposes: ['tracing'], credentialsExpireAfter: 'PT5M' };
  const path = `${serviceId}/gateways/managed/listDebugCredentials`;
  return (await client.arm<{ token: string }>('POST', path, body)).token;
}

export async function showTrace(
  client: AzureClient,
  { serviceId }: Traced,
  id: string | undefined,
  io: Io,
): Promise<void> {
  if (id === undefined) throw new CommandError('The answer has no Apim-Trace-Id: the call was not traced.');
  const path = `${serviceId}/gateways/managed/listTrace`;
  io.out(requestTraceText(await client.arm<RequestTrace>('POST', path, { traceId: id })));
}

/** A line an entry, with its messages and what it changed below. */
export function requestTraceText({ traceId, traceEntries }: RequestTrace): string {
  const lines = Object.entries(traceEntries).flatMap(([section, entries]) =>
    entries
      .filter(({ data }) => data.path !== undefined)
      .flatMap(({ source, elapsed, data }) => {
        const { scope = '', path = '', position, duration = 'not ended', message = [], changes = [], error } = data;
        const inside = entries.some((other) => other.data.scope === scope && other.data.path?.startsWith(`${path}/`));
        const where = position === undefined ? '' : ` ${position.line}:${position.column}`;
        const fragment = position?.fragment === undefined ? '' : ` fragment ${position.fragment}`;
        const depth = '  '.repeat(path.split('/').length - 1);
        return [
          `${section.padEnd(9)} ${elapsed}  ${depth}${source}  ${scope}${fragment}${where}  ${duration}`,
          ...message.map((text) => `            ${depth}${text}`),
          // What policies inside did stands below those.
          ...(inside ? [] : changes).map(
            ({ name, before, after }) => `            ${depth}${name}: ${quoted(before)} → ${quoted(after)}`,
          ),
          ...(error && !inside ? [`            ${depth}error ${error.reason}: ${error.message}`] : []),
        ];
      }),
  );
  return `Trace ${traceId}\n${lines.map((line) => `${line}\n`).join('')}`;
}

const quoted = (text: string | undefined): string =>
  text === undefined ? 'none' : JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
