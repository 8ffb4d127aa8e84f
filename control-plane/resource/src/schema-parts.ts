import { z } from 'zod';

/** One of these, in any case; becomes Azure's casing. */
export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.preprocess(
    (given) =>
      typeof given === 'string' ? (values.find((one) => one.toLowerCase() === given.toLowerCase()) ?? given) : given,
    z.enum(values),
  );

export const textUpTo = (maxLength: number) => z.string().max(maxLength);
export const nameText = (maxLength: number) => z.string().min(1).max(maxLength);
export const flag = z.boolean();
export const bytes = z.number().int().min(0).max(8192);
/** A part that Vigia keeps and shows, and does nothing with. */
export const anything = z.unknown();
export const anyRecord = z.record(z.string(), z.unknown());
