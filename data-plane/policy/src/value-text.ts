import { toText } from '@vigia/expression';

/** What a header, an attribute or a body shows of an expression's value; null is the empty text. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : toText(value));
