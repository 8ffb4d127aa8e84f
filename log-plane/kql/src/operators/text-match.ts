import { constantOf, type FunctionEntry, type PrintedCall } from '../functions/entry.ts';
import { printText } from '../sql/print-literal.ts';
import { escapeRegex } from './escape-regex.ts';

/** What is no part of a term. The engine's \b is wrong for _ and for letters beyond ASCII. */
const BORDER = '[^\\p{L}\\p{N}]';

interface TermForm {
  readonly before: boolean;
  readonly after: boolean;
  readonly isCased: boolean;
}

/**
 * A term search: first a cheap search for the text, then its borders. Terms that begin with k or s fold to signs
 * beyond ASCII and lose the engine's fast path, so they are sought in the lowered text.
 */
function term({ before, after, isCased }: TermForm): FunctionEntry['sql'] {
  return (printed) => {
    const [value = '', sought = ''] = printed.args;
    const constant = constantOf(printed, 1);
    const flag = isCased ? '(?s)' : '(?is)';
    const start = before ? `(?:^|${BORDER})` : '';
    const end = after ? `(?:$|${BORDER})` : '';
    if (typeof constant !== 'string')
      return `regexp_matches(${value}, ${printText(flag + start)} || regexp_escape(${sought}) || ${printText(end)})`;
    if (constant === '') return 'true';
    const full = `regexp_matches(${value}, ${printText(flag + start + escapeRegex(constant) + end)})`;
    return `case when ${holds(value, constant, isCased)} then ${full} else false end`;
  };
}

function holds(value: string, constant: string, isCased: boolean): string {
  if (isCased) return `contains(${value}, ${printText(constant)})`;
  if (/^[ksKS]/.test(constant)) return `contains(lower(${value}), ${printText(constant.toLowerCase())})`;
  return `regexp_matches(${value}, ${printText(`(?is)${escapeRegex(constant)}`)})`;
}

function contains(printed: PrintedCall): string {
  const [value = '', sought = ''] = printed.args;
  const constant = constantOf(printed, 1);
  if (typeof constant === 'string' && constant !== '') return holds(value, constant, false);
  return `contains(lower(${value}), lower(${sought}))`;
}

const lowered = (name: string): FunctionEntry => ({
  takes: ['string', 'string'],
  sql: `${name}(lower({0}), lower({1}))`,
});

const text = (sql: FunctionEntry['sql']): FunctionEntry => ({ takes: ['string', 'string'], sql });

const EACH_TERM = `list_transform(json_extract_string({1}, '$[*]'), lambda t: regexp_matches({0}, '(?is)(?:^|${BORDER})' || regexp_escape(t) || '(?:$|${BORDER})'))`;

export const TEXT_MATCH: Readonly<Record<string, FunctionEntry>> = {
  '=~': text('lower({0}) = lower({1})'),
  has: text(term({ before: true, after: true, isCased: false })),
  has_cs: text(term({ before: true, after: true, isCased: true })),
  hasprefix: text(term({ before: true, after: false, isCased: false })),
  hasprefix_cs: text(term({ before: true, after: false, isCased: true })),
  hassuffix: text(term({ before: false, after: true, isCased: false })),
  hassuffix_cs: text(term({ before: false, after: true, isCased: true })),
  contains: text(contains),
  contains_cs: text('contains({0}, {1})'),
  startswith: lowered('starts_with'),
  startswith_cs: text('starts_with({0}, {1})'),
  endswith: lowered('ends_with'),
  endswith_cs: text('ends_with({0}, {1})'),
  'matches regex': text('regexp_matches({0}, {1})'),
  'has any of': { takes: ['string', 'dynamic'], sql: `coalesce(list_bool_or(${EACH_TERM}), false)` },
  'has all of': { takes: ['string', 'dynamic'], sql: `coalesce(list_bool_and(${EACH_TERM}), false)` },
};
