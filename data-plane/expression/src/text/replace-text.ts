import type { Runtime } from '../runtime.ts';

/** All places of a text replaced; what the result needs is paid before it is made. */
export function replaceText(text: string, old: string, next: string, r: Runtime): string {
  const parts: string[] = [];
  let last = 0;
  for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, last)) {
    parts.push(text.slice(last, at));
    last = at + old.length;
    r.charge(next.length + 8);
    if ((parts.length & 63) === 0) r.step();
  }
  if (parts.length === 0) return text;
  parts.push(text.slice(last));
  return parts.join(next);
}
