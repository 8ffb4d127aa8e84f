import type { ExpressionContext, ExpressionValue } from './csharp.ts';
import { certificateOf } from './members/certificate.ts';
import { boxedText } from './text/to-text.ts';
import { bytesIn, Items, Native, type V } from './value/values.ts';

/** What a header or an attribute shows of a value (`Convert.ToString`, invariant culture); null is ''. */
export const toText = (value: ExpressionValue): string => boxedText(value ?? null);

/** The bytes of a `byte[]`; undefined for anything else. */
export const bytesOf = (value: ExpressionValue): Uint8Array | undefined =>
  value instanceof Items && value.type.key === 'byte[]' ? bytesIn(value) : undefined;

/** The response behind an IResponse (a variable of send-request); undefined for anything else. */
export const responseParts = (value: ExpressionValue): NonNullable<ExpressionContext['response']> | undefined =>
  value instanceof Native && value.type.name === 'IResponse' ? (value.state as V) : undefined;

/** A certificate for `context.Request.Certificate` and `context.Deployment.Certificates`: DER bytes or PEM; `isTrusted`: what Verify answers. */
export const certificateValue = (source: Uint8Array | string, isTrusted?: boolean): ExpressionValue =>
  certificateOf(source, isTrusted);
