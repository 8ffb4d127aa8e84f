import { BackendFailure } from '../context.ts';
import { definePolicy, expression, literal, oneOf } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

export const forwardRequest = definePolicy({
  name: 'forward-request',
  sections: ['backend'],
  attributes: {
    timeout: expression('number'),
    'timeout-ms': expression('number'),
    'continue-timeout': expression('number'),
    'follow-redirects': expression('boolean'),
    'buffer-request-body': literal('boolean'),
    'buffer-response': literal('boolean'),
    'fail-on-error-status-code': literal('boolean'),
    'http-version': oneOf('1', '2', '2or1'),
  },
  difference: 'Backends are called with HTTP/1.1, whatever http-version says; continue-timeout has no effect.',
  compile(element) {
    const seconds = element.number('timeout', 300);
    const milliseconds = element.number('timeout-ms', Number.NaN);
    const followRedirects = element.boolean('follow-redirects', false);
    const bufferRequestBody = element.boolean('buffer-request-body', false);
    const bufferResponse = element.boolean('buffer-response', true);
    const failsOnStatus = element.boolean('fail-on-error-status-code', false);
    return async (context) => {
      const exact = milliseconds(context);
      try {
        context.response = await context.services.forward(context, {
          timeoutMs: Number.isNaN(exact) ? seconds(context) * 1000 : exact,
          followRedirects: followRedirects(context),
          bufferRequestBody: bufferRequestBody(context),
          bufferResponse: bufferResponse(context),
        });
      } catch (cause) {
        if (cause instanceof BackendFailure) throw new PolicyError(cause.reason, cause.message, { cause });
        throw cause;
      }
      const { status } = context.response;
      if (status >= 400 && failsOnStatus(context)) {
        throw new PolicyError('BackendErrorStatusCode', `The backend answered with the status code ${status}.`);
      }
      return undefined;
    };
  },
});
