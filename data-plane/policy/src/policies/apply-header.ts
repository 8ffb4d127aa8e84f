import type { Headers } from '../context.ts';
import type { CompiledElement, Evaluate } from '../definition.ts';
import { expression, many, oneOf } from '../definition.ts';
import { asText } from '../value-text.ts';

/** Header fields whose several values stay on lines of their own. */
const ownLine = new Set([
  'set-cookie',
  'date',
  'expires',
  'last-modified',
  'if-modified-since',
  'if-unmodified-since',
  'user-agent',
  'www-authenticate',
  'proxy-authenticate',
]);

/** The transport owns these. */
const reserved = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

export const isSettableHeader = (name: string): boolean => !reserved.has(name.toLowerCase());

export function applyHeader(headers: Headers, name: string, values: readonly string[], action: string): void {
  if (!isSettableHeader(name)) return;
  const joined = (all: readonly string[]) =>
    ownLine.has(name.toLowerCase()) || all.length < 2 ? all : [all.join(',')];
  switch (action) {
    case 'skip':
      if (!headers.has(name) && values.length > 0) headers.set(name, joined(values));
      return;
    case 'delete':
      headers.delete(name);
      return;
    case 'append':
      if (values.length > 0) headers.set(name, joined([...(headers.get(name) ?? []), ...values]));
      return;
    default:
      if (values.length === 0) headers.delete(name);
      else headers.set(name, joined(values));
  }
}

export const setHeaderSpec = {
  attributes: {
    name: expression('string', {
      required: true,
      check: (name) =>
        isSettableHeader(name) ? undefined : `The header '${name}' cannot be set: the transport owns it.`,
    }),
    'exists-action': oneOf('override', 'skip', 'append', 'delete'),
  },
  children: { value: many({ text: expression('string') }) },
};

/** The effect of one set-header element on headers chosen later. */
export function compileHeader(element: CompiledElement) {
  const name: Evaluate<string> = element.string('name') ?? (() => '');
  const action = element.string('exists-action') ?? (() => 'override');
  const values = element.children('value').map((value) => value.text);
  return (context: Parameters<Evaluate<string>>[0], headers: Headers): void => {
    applyHeader(
      headers,
      name(context),
      values.map((value) => asText(value(context))),
      action(context),
    );
  };
}
