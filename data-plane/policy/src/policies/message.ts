import { BytesBody } from '../bytes-body.ts';
import type { SectionName } from '../compiler-types.ts';
import type { Headers, MessageBody, PolicyContext, PolicyResponse } from '../context.ts';
import { HeaderMap } from '../header-map.ts';

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
