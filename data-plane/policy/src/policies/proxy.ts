import { expression, refusePolicy } from '../definition.ts';

const attributes = {
  url: expression('string', { required: true }),
  username: expression('string'),
  password: expression('string'),
};
const refused = 'calls to backends do not go through a proxy yet.';

/** As a child of send-request. */
export const noProxy = { attributes, refused };

export const proxy = refusePolicy({ name: 'proxy', sections: ['inbound'], attributes, refused });
