import type { SectionName } from '../compiler-types.ts';
import type { Headers, PolicyContext, PolicyResponse } from '../context.ts';
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
