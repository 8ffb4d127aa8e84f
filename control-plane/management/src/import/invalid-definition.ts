import { Problem } from '@vigia/problem';

/**
 * The error of every failed import, in Azure's envelope: 400 `ValidationError`, one detail with target
 * `representation` a mistake.
 */
export function invalidDefinition(mistakes: readonly string[], cause?: unknown): Problem {
  return new Problem({
    code: 'ValidationError',
    status: 400,
    message: 'One or more fields contain incorrect values:',
    details: mistakes.map((message) => ({ code: 'ValidationError', target: 'representation', message })),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** As `invalidDefinition`, in the words in which Azure begins a mistake inside the document. */
export const unreadableDefinition = (mistakes: readonly string[]): Problem =>
  invalidDefinition(mistakes.map((mistake) => `Parsing error(s): ${mistake}`));
