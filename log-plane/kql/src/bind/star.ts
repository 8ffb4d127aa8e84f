import { escapeRegex } from '../operators/escape-regex.ts';
import { call, columnRef, type Expr, literal } from '../plan/expression.ts';
import type { Scope } from './context.ts';
import { convert } from './convert.ts';

/** `* has "x"`: true where it is of any column. Values that are no text are sought in their text. */
export function anyColumn(scope: Scope, holds: (text: Expr) => Expr): Expr {
  const tests = scope.columns.map(({ column }) => holds(convert(columnRef(column), 'string')));
  if (tests.length === 0) return literal('bool', false);
  return call('or', 'bool', ...tests);
}

/** A term as `search` and `:` know it: `*` at an end lets the word go on there. */
export function searchTerm(text: Expr, term: string, isCased: boolean): Expr {
  const suffix = isCased ? '_cs' : '';
  const open = term.startsWith('*');
  const close = term.length > 1 && term.endsWith('*');
  const core = term.slice(open ? 1 : 0, close ? -1 : undefined);
  if (core.includes('*')) {
    const words = core.split('*').map(escapeRegex);
    const border = '[^\\p{L}\\p{N}]';
    const pattern = `${isCased ? '(?s)' : '(?is)'}${open ? '' : `(?:^|${border})`}${words.join('.*')}${close ? '' : `(?:$|${border})`}`;
    return call('matches regex', 'bool', text, literal('string', pattern));
  }
  const name = open ? (close ? 'contains' : 'hassuffix') : close ? 'hasprefix' : 'has';
  return call(`${name}${suffix}`, 'bool', text, literal('string', core));
}
