import type { ExpressionContext, ExpressionValue } from './csharp.ts';
import { boxedText } from './text.ts';
import { Items, Native, type V } from './values.ts';

/** What a header or an attribute shows of a value (`Convert.ToString`, invariant culture); null is ''. */
export const toText = (value: ExpressionValue): string => boxedText(value ?? null);

/** The bytes of a `byte[]`; undefined for anything else. */
export const bytesOf = (value: ExpressionValue): Uint8Array | undefined =>
  value instanceof Items && value.type.key === 'byte[]' ? Uint8Array.from(value.items) : undefined;

/** The response behind an IResponse (a variable of send-request); undefined for anything else. */
export const responseParts = (value: ExpressionValue): NonNullable<ExpressionContext['response']> | undefined =>
  value instanceof Native && value.type.name === 'IResponse' ? (value.state as V) : undefined;
