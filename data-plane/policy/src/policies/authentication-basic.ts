import { definePolicy, expression } from '../definition.ts';

export const authenticationBasic = definePolicy({
  name: 'authentication-basic',
  sections: ['inbound'],
  isOncePerSection: true,
  attributes: {
    username: expression('string', { required: true }),
    password: expression('string', { required: true }),
  },
  compile(element) {
    const username = element.string('username') ?? (() => '');
    const password = element.string('password') ?? (() => '');
    return (context) => {
      const both = Buffer.from(`${username(context)}:${password(context)}`).toString('base64');
      context.request.headers.set('Authorization', [`Basic ${both}`]);
      return undefined;
    };
  },
});
