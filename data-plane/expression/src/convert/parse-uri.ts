import { typeOf } from '../type/types.ts';
import { given, Native, raise, type V } from '../value/values.ts';

const uriType = typeOf('Uri');
/** State of a Uri: `text` as it prints; `url` of an absolute one; `original` as it was given. */
export interface UriState {
  readonly text: string;
  readonly original: string;
  readonly url: URL | undefined;
}
const bad = (message: string): never => raise('UriFormatException', message);

/** Undefined where the text is no address of that kind (0 either, 1 absolute, 2 relative). */
export function readUri(original: string, kind = 1): Native | undefined {
  const text = original.trim();
  const hasScheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text);
  if (kind !== 2 && hasScheme && URL.canParse(text)) {
    const url = new URL(text);
    return new Native(uriType, { text: displayText(url), original, url } satisfies UriState);
  }
  if (kind !== 1 && !hasScheme)
    return new Native(uriType, { text: original, original, url: undefined } satisfies UriState);
  return undefined;
}
export const parseUri = (text: V, kind = 1): Native =>
  readUri(given(text), kind) ??
  bad(
    String(text).trim() === ''
      ? 'Invalid URI: The URI is empty.'
      : 'Invalid URI: The format of the URI could not be determined.',
  );
export const uriFrom = (url: URL): Native =>
  new Native(uriType, { text: displayText(url), original: url.href, url } satisfies UriState);

/** `Uri.ToString()`: escapes of letters that need none are undone. */
function displayText(url: URL): string {
  return url.href.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    try {
      const text = decodeURIComponent(run);
      return /[%#?/\\&=+;:@,\p{Cc}]/u.test(text) ? run : text;
    } catch (error) {
      if (error instanceof URIError) return run;
      throw error;
    }
  });
}
