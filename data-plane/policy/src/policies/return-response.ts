import { responseParts } from '@vigia/expression';
import { BytesBody } from '../bytes-body.ts';
import type { PolicyResponse } from '../context.ts';
import { allSections, definePolicy, literal, many, optional } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { compileHeader, setHeaderSpec } from './apply-header.ts';
import { compileBody, setBodySpec } from './set-body.ts';
import { compileStatus, setStatusSpec } from './set-status.ts';

export const returnResponse = definePolicy({
  name: 'return-response',
  sections: allSections,
  attributes: { 'response-variable-name': literal('string') },
  children: {
    'set-status': optional(setStatusSpec),
    'set-header': many(setHeaderSpec),
    'set-body': optional(setBodySpec),
  },
  compile(element) {
    const variable = element.literal('response-variable-name');
    const status = element.children('set-status').map(compileStatus)[0];
    const headers = element.children('set-header').map(compileHeader);
    const body = element.children('set-body').map(compileBody)[0];
    return (context) => {
      const stored = variable === undefined ? undefined : responseParts(context.variables.get(variable));
      const response: PolicyResponse = {
        status: stored?.status ?? 200,
        reason: stored?.reason ?? 'OK',
        headers: new HeaderMap(stored?.headers.entries() ?? []),
        body: stored?.body?.bytes ? new BytesBody(stored.body.bytes) : undefined,
      };
      status?.(context, response);
      for (const apply of headers) apply(context, response.headers);
      const end = (bytes: Uint8Array | undefined): 'end' => {
        if (bytes) response.body = new BytesBody(bytes);
        // Only now: the parts above may read the answer that this one replaces.
        context.response = response;
        return 'end';
      };
      const bytes = body?.(context);
      return bytes instanceof Promise ? bytes.then(end) : end(bytes);
    };
  },
});
