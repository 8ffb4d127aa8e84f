import { Problem } from '@vigia/problem';
import type { Resource } from '@vigia/resource';
import type { ArmCall } from './arm-call.ts';

export const quoted = (etag: string): string => `"${etag}"`;

/** Etags of an If-Match or If-None-Match header without their quotes, `*` among them. */
function etagsOf(header: string | string[] | undefined): readonly string[] | undefined {
  if (header === undefined) return undefined;
  return String(header)
    .split(',')
    .map((each) =>
      each
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    )
    .filter((each) => each !== '');
}

const failed = (message: string): Problem => new Problem({ code: 'PreconditionFailed', status: 412, message });

/**
 * What the headers ask of the resource as it is now: the etag for the store to compare once more, where one was named.
 * `If-Match: *` on a PUT asks for nothing: az, azurerm and the SDKs send it for what they are only about to create.
 * @throws {Problem} 412
 */
export function checkPreconditions(call: ArmCall, existing: Resource | undefined): { readonly ifMatch?: string } {
  const ifNoneMatch = etagsOf(call.headers['if-none-match']);
  if (existing !== undefined && ifNoneMatch?.some((etag) => etag === '*' || etag === existing.etag)) {
    throw failed('The resource already exists, and the header If-None-Match asks that it does not.');
  }
  const ifMatch = etagsOf(call.headers['if-match']);
  if (ifMatch === undefined || ifMatch.length === 0 || ifMatch.includes('*')) return {};
  if (existing === undefined) throw failed('The header If-Match names an etag, but the resource does not exist.');
  if (ifMatch.includes(existing.etag)) return { ifMatch: existing.etag };
  throw failed(
    'The resource has changed since the etag in the header If-Match was read. Read it again, then repeat the change.',
  );
}

/** @throws {Problem} 400, where the type's PATCH and DELETE ask for If-Match and the call has none. */
export function requireIfMatch(call: ArmCall): void {
  if ((etagsOf(call.headers['if-match'])?.length ?? 0) > 0) return;
  const message = "The header 'If-Match' is required: the resource's etag, or '*' for whatever it is.";
  throw new Problem({
    code: 'ValidationError',
    status: 400,
    message: 'One or more fields contain incorrect values:',
    details: [{ code: 'ValidationError', target: 'If-Match', message }],
  });
}
