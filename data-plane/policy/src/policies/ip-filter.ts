import { BlockList, isIP } from 'node:net';
import { defaultResponse } from '../default-response.ts';
import { definePolicy, expression, many } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { asText } from '../value-text.ts';

const family = (address: string): 'ipv4' | 'ipv6' | undefined =>
  (({ 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 4 | 6];
const checkAddress = (value: string) =>
  isIP(value.trim()) === 0
    ? `'${value}' is not an IP address; ranges are given as <address-range from="" to=""/>.`
    : undefined;

/** The attributes of an address-range. */
const bounds = { first: `from`, last: `to` } as const;

export const ipFilter = definePolicy({
  name: 'ip-filter',
  sections: ['inbound'],
  attributes: { action: expression('string', { required: true, oneOf: ['allow', 'forbid'] }) },
  children: {
    address: many({ text: expression('string', { check: checkAddress }) }),
    'address-range': many({
      attributes: {
        from: expression('string', { required: true, check: checkAddress }),
        to: expression('string', { required: true, check: checkAddress }),
      },
    }),
  },
  compile(element) {
    const action = element.string('action') ?? (() => 'allow');
    const addresses = element.children('address').map((address) => address.text);
    const none = () => '';
    const ranges = element
      .children('address-range')
      .map((range) => ({ first: range.string(bounds.first) ?? none, last: range.string(bounds.last) ?? none }));
    return (context) => {
      const ip = context.request.ipAddress.replace(/^::ffff:/i, '');
      const kind = family(ip);
      const refuse = (reason: string, message: string) =>
        new PolicyError(reason, message, {
          response: defaultResponse({ kind: 'status', status: 403, message: 'Forbidden' }),
        });
      if (!kind) throw refuse('FailedToParseCallerIP', 'Failed to establish IP address for the caller. Access denied.');
      const list = new BlockList();
      for (const address of addresses) {
        const text = asText(address(context)).trim();
        const its = family(text);
        if (its) list.addAddress(text, its);
      }
      for (const range of ranges) {
        const first = range.first(context).trim();
        const last = range.last(context).trim();
        const its = family(first);
        if (its && its === family(last)) list.addRange(first, last, its);
      }
      const isListed = list.check(ip, kind);
      if (action(context) === 'allow') {
        if (!isListed) throw refuse('CallerIpNotAllowed', `Caller IP address ${ip} is not allowed. Access denied.`);
      } else if (isListed) throw refuse('CallerIpBlocked', `Caller IP address is blocked. Access denied.`);
      return undefined;
    };
  },
});
