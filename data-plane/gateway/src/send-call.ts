import { BackendCallFailure, type BackendClient } from '@vigia/backend';
import { BackendFailure, BytesBody, HeaderMap, type OutgoingCall, type PolicyResponse } from '@vigia/policy';
import { applyCredentials, type TokenOf } from './backend-credentials.ts';
import type { CompiledService } from './configuration.ts';
import { parseQuery, printQuery } from './request-url.ts';

/** Bytes of an answer that a policy's own call takes. */
const maxBytes = 67_108_864;

/** A call that a policy makes of its own (`send-request` and its kin); resolves with the whole answer. */
export async function sendCall(
  call: OutgoingCall,
  service: CompiledService,
  parts: { readonly backend: BackendClient; readonly token: TokenOf },
): Promise<PolicyResponse> {
  const { url, headers } = await addressed(call, service, parts.token);
  try {
    const answer = await parts.backend.call({
      method: call.method,
      url,
      headers: headers.toRaw(),
      ...(call.body === undefined ? {} : { body: call.body }),
      timeoutMs: call.timeoutMs,
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return {
      status: answer.status,
      reason: answer.reason,
      headers: HeaderMap.fromRaw(answer.headers),
      body: new BytesBody(Buffer.concat(chunks)),
    };
  } catch (error) {
    if (error instanceof BackendCallFailure)
      throw new BackendFailure(error.kind === 'timeout' ? 'Timeout' : 'BackendConnectionFailure', error.message, error);
    const said = error instanceof Error ? error.message : String(error);
    throw new BackendFailure('BackendConnectionFailure', `${new URL(url).host} broke off: ${said}`, error);
  }
}

async function addressed(
  call: OutgoingCall,
  service: CompiledService,
  token: TokenOf,
): Promise<{ readonly url: string; readonly headers: HeaderMap }> {
  const headers = new HeaderMap(call.headers.entries());
  if (call.backendId === undefined) return { url: call.url, headers };
  const backend = service.backends.get(call.backendId.toLowerCase());
  if (backend === undefined)
    throw new BackendFailure('BackendConnectionFailure', `Backend with id '${call.backendId}' could not be found.`);
  const [base = '', own = ''] = backend.url.split('?', 2);
  const mark = call.url.indexOf('?');
  const path = mark < 0 ? call.url : call.url.slice(0, mark);
  const added = mark < 0 ? [] : parseQuery(call.url.slice(mark + 1));
  const given = parseQuery(own);
  // What the backend's URL says of itself goes before what the policy would add.
  const query = [...given, ...added.filter(([name]) => !given.some(([other]) => other === name))];
  const signed = await applyCredentials(backend, { headers, query }, { service: service.service, token });
  return { url: `${path === '' ? base : base.replace(/\/$/, '')}${path}${printQuery(signed)}`, headers };
}
