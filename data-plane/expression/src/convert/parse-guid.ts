import { Guid, given, raise, type V } from '../value/values.ts';

const forms: Readonly<Record<string, RegExp>> = {
  N: /^[0-9a-f]{32}$/i,
  D: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  B: /^\{[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$/i,
  P: /^\([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\)$/i,
};
/** Undefined where the text is no GUID, or not of that form. */
export function readGuid(text: string, form?: string): Guid | undefined {
  const trimmed = text.trim();
  const tried = form === undefined ? Object.values(forms) : [forms[form.toUpperCase()]];
  if (!tried.some((pattern) => pattern?.test(trimmed))) return undefined;
  const bare = trimmed.replace(/[^0-9a-f]/gi, '').toLowerCase();
  return new Guid(
    [bare.slice(0, 8), bare.slice(8, 12), bare.slice(12, 16), bare.slice(16, 20), bare.slice(20)].join('-'),
  );
}
export const parseGuid = (text: V, form?: string): Guid =>
  readGuid(given(text), form) ??
  raise('FormatException', 'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).');
