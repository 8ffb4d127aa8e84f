import { definePolicy, expression } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

const checkTemplate = (template: string) =>
  template.startsWith('/') ? undefined : `The template '${template}' must begin with '/'.`;

export const rewriteUri = definePolicy({
  name: 'rewrite-uri',
  sections: ['inbound'],
  attributes: {
    template: expression('string', { required: true, check: checkTemplate }),
    'copy-unmatched-params': expression('boolean'),
  },
  compile(element) {
    const templateOf = element.string('template') ?? (() => '/');
    const copiesOthers = element.boolean('copy-unmatched-params', true);
    return (context) => {
      const template = templateOf(context);
      const mistake = checkTemplate(template);
      if (mistake !== undefined) throw new PolicyError('InvalidTemplate', mistake);
      const { url, matchedParameters } = context.request;
      const used = new Set<string>();
      const fill = (text: string, encode: (value: string) => string) =>
        text.replace(/\{\*?([^{}]+)\}/g, (whole, name: string) => {
          const value = matchedParameters[name];
          if (value === undefined) return whole;
          used.add(name.toLowerCase());
          return encode(value);
        });
      const mark = template.indexOf('?');
      const path = fill(mark < 0 ? template : template.slice(0, mark), encodeURIComponent);
      const query: [string, string][] = [];
      for (const pair of mark < 0 ? [] : template.slice(mark + 1).split('&')) {
        if (pair === '') continue;
        const equals = pair.indexOf('=');
        const name = equals < 0 ? pair : pair.slice(0, equals);
        query.push([decodeURIComponent(name), fill(equals < 0 ? '' : pair.slice(equals + 1), (value) => value)]);
        used.add(name.toLowerCase());
      }
      if (copiesOthers(context)) query.push(...url.query.filter(([name]) => !used.has(name.toLowerCase())));
      const api = context.api?.serviceUrl;
      const base =
        context.backendBasePath ?? (api && URL.canParse(api) ? new URL(api).pathname.replace(/\/$/, '') : '');
      url.path = `${base}${path}`;
      url.query = query;
      return undefined;
    };
  },
});
