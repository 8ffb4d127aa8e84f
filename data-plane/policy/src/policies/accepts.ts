import type { PolicyContext } from '../context.ts';

/** Whether the client takes an answer of this kind; one without an Accept header takes any. */
export function accepts({ request }: PolicyContext, kind: 'json' | 'xml'): boolean {
  const types = (request.headers.get('Accept') ?? []).join(',').toLowerCase();
  if (types.trim() === '') return true;
  return types
    .split(',')
    .some((type) => /^\s*(\*\/\*|application\/\*)/.test(type) || new RegExp(`[/+]${kind}\\b`).test(type));
}
