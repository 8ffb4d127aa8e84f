import { defaultResponse } from '../default-response.ts';
import { definePolicy, expression } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { responseOf, setBodyText, textOfBody } from './message.ts';

const identifier = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*)*$/;

export const jsonp = definePolicy({
  name: 'jsonp',
  sections: ['outbound'],
  isOncePerSection: true,
  attributes: { 'callback-parameter-name': expression('string', { required: true }) },
  needs: () => ({ response: true }),
  compile(element) {
    const nameOf = element.string('callback-parameter-name') ?? (() => '');
    return async (context) => {
      const name = nameOf(context).toLowerCase();
      const callback = context.request.originalUrl.query.find(([key]) => key.toLowerCase() === name)?.[1];
      if (callback === undefined) return undefined;
      if (!identifier.test(callback)) {
        const message = 'Callback parameter value is not a valid JavaScript identifier.';
        const response = defaultResponse({ kind: 'status', status: 400, message });
        throw new PolicyError('CallbackParameterInvalid', message, { response });
      }
      const response = responseOf(context);
      const text = (await textOfBody(response)) ?? '';
      setBodyText(response, `${callback}(${text})`);
      response.headers.set('Content-Type', ['application/javascript']);
      return undefined;
    };
  },
});
