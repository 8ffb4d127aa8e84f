import { literal } from '../definition.ts';

/** `caching-type`: there is the internal cache only. */
export const cachingType = literal('string', {
  oneOf: ['prefer-external', 'internal', 'external'],
  check: (value) =>
    value === 'external' ? "No external cache is configured: use 'internal' or 'prefer-external'." : undefined,
});
