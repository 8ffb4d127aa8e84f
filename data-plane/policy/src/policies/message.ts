import { bodyText } from '../body-text.ts';
import { BytesBody } from '../bytes-body.ts';
import type { SectionName } from '../compiler-types.ts';
import type { Headers, MessageBody, PolicyContext, PolicyResponse } from '../context.ts';
import { HeaderMap } from '../header-map.ts';
import { PolicyError } from '../policy-error.ts';

/** The answer in the making; there is one from here on. */
export function responseOf(context: PolicyContext): PolicyResponse {
  context.response ??= { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined };
  return context.response;
}

/** Whose headers and body a policy in this section changes. */
export const isRequestSection = (section: SectionName): boolean => section === 'inbound' || section === 'backend';

export const headersOf = (context: PolicyContext, section: SectionName): Headers =>
  isRequestSection(section) ? context.request.headers : responseOf(context).headers;

export interface Message {
  readonly headers: Headers;
  body: MessageBody | undefined;
}

/** Whose body a policy in this section changes. */
export const messageOf = (context: PolicyContext, section: SectionName): Message =>
  isRequestSection(section) ? context.request : responseOf(context);

/** The whole body as text; undefined where there is none. Throws where its encoding is not understood. */
export async function textOfBody({ body, headers }: Message): Promise<string | undefined> {
  if (body === undefined) return undefined;
  const text = bodyText(await body.buffer(), headers);
  if (text !== undefined) return text;
  const encoding = headers.get('Content-Encoding')?.join(',') ?? '';
  throw new PolicyError('UnreadableBody', `The body cannot be read: its Content-Encoding is '${encoding}'.`);
}

/** Another body; the headers that were about the old one go. */
export function setBodyBytes(message: Message, bytes: Uint8Array): void {
  if (message.body) message.body.replace(bytes);
  else message.body = new BytesBody(bytes);
  message.headers.delete('Transfer-Encoding');
  message.headers.delete('Content-Encoding');
  message.headers.set('Content-Length', [String(bytes.length)]);
}

export const setBodyText = (message: Message, text: string): void => {
  setBodyBytes(message, new TextEncoder().encode(text));
};
