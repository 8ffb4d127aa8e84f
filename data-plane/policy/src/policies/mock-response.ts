import { BytesBody } from '../bytes-body.ts';
import { reasonPhrase } from '../default-response.ts';
import { definePolicy, literal } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';

export const mockResponse = definePolicy({
  name: 'mock-response',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes: {
    'status-code': literal('integer'),
    'content-type': literal('string'),
    index: literal('integer'),
    enabled: literal('boolean'),
  },
  difference: 'Answers with the example of the operation; none is made up from a schema.',
  compile(element) {
    const status = Number(element.literal('status-code') ?? 200);
    const wanted = element.literal('content-type')?.toLowerCase();
    const index = Number(element.literal('index') ?? 0);
    const isOff = element.literal('enabled')?.toLowerCase() === 'false';
    return (context) => {
      if (isOff) return undefined;
      const described = context.operation?.responses?.find(({ statusCode }) => statusCode === status);
      const representation = described?.representations.find(
        ({ contentType }) => wanted === undefined || contentType.toLowerCase().startsWith(wanted),
      );
      const example = representation?.examples[index] ?? representation?.examples[0];
      const headers = new HeaderMap();
      const type = representation?.contentType ?? element.literal('content-type');
      if (type !== undefined) headers.set('Content-Type', [type]);
      context.response = {
        status,
        reason: reasonPhrase(status),
        headers,
        body: example === undefined ? undefined : new BytesBody(example),
      };
      return 'end';
    };
  },
});
