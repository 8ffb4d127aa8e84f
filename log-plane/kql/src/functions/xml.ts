import type { FunctionEntry } from './entry.ts';

/**
 * XML as JSON: attributes are keys with `@`, text is `#text` beside them, elements of one name an array. Elements are
 * put together on a stack of frames while the tokens of the text go by; what is left over makes the whole null.
 */

const NAME = '[A-Za-z_][A-Za-z0-9_.:-]*';
const REFERENCE = '&(?:lt|gt|amp|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);';
const ATTRIBUTE = `\\s+${NAME}\\s*=\\s*(?:"(?:[^"<&]|${REFERENCE})*"|''(?:[^''<&]|${REFERENCE})*'')`;
const TOKEN = [
  '<!--[\\s\\S]*?-->',
  '<!\\[CDATA\\[[\\s\\S]*?\\]\\]>',
  '<\\?[\\s\\S]*?\\?>',
  '<!DOCTYPE[^>\\[]*(?:\\[[^\\]]*\\]\\s*)?>',
  `</${NAME}\\s*>`,
  `<${NAME}(?:${ATTRIBUTE})*\\s*/?>`,
  `(?:[^<&]|${REFERENCE})+`,
].join('|');
const NUMBER = '-?(?:0|[1-9][0-9]{0,14})(?:\\.[0-9]+)?(?:[eE][-+]?[0-9]{1,3})?';
const LONGEST = 1_048_576;

const bound = (name: string, value: string, within: string): string =>
  `(list_transform([${value}], lambda ${name}: ${within}))[1]`;

/** Text with its references resolved; `&amp;` last, so that nothing is resolved twice. */
function resolved(text: string): string {
  const numbered = `regexp_extract_all(${text}, '&#(?:x[0-9A-Fa-f]+|[0-9]+);')`;
  const code = `case when r[3:3] = 'x' then ('0x' || r[4:length(r) - 1])::integer else r[3:length(r) - 1]::integer end`;
  const steps = `list_prepend([${text}, ''], list_transform(${numbered}, lambda r: [r, chr(${code})]))`;
  const signs = `list_reduce(${steps}, lambda u, w: [replace(u[1], w[1], w[2]), ''])[1]`;
  return [
    ['&lt;', '<'],
    ['&gt;', '>'],
    ['&quot;', '"'],
    ['&apos;', "''"],
    ['&amp;', '&'],
  ].reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, signs);
}

const json = (text: string): string => `to_json(${text})::varchar`;
/** The text of an element: a number where it is one. */
const scalar = (text: string): string =>
  bound('x', resolved(text), `case when regexp_full_match(x, '${NUMBER}') then x else ${json('x')} end`);

const nameOf = (token: string): string => `regexp_extract(${token}, '^</?(${NAME})', 1)`;
const attributesOf = (token: string): string =>
  `list_transform(regexp_extract_all(${token}, '${ATTRIBUTE}'), lambda m: {'k': '@' || regexp_extract(m, '(${NAME})', 1), 'v': ${json(
    resolved(`regexp_extract(m, '=\\s*["'']([\\s\\S]*)["'']$', 1)`),
  )}})`;

/** A frame's children {k, v} as JSON. */
function contentOf(children: string): string {
  const keys = `list_transform(${children}, lambda q: q.k)`;
  const firsts = `list_filter(${children}, lambda p, i: list_position(${keys}, p.k) = i)`;
  const values = `list_transform(list_filter(${children}, lambda q: q.k = p.k), lambda q: q.v)`;
  const one = bound('l', values, `case when len(l) = 1 then l[1] else '[' || array_to_string(l, ',') || ']' end`);
  const bag = `'{' || array_to_string(list_transform(${firsts}, lambda p: ${json('p.k')} || ':' || ${one}), ',') || '}'`;
  return `case when len(${children}) = 0 then 'null' when len(${children}) = 1 and ${children}[1].k = '#text' then ${children}[1].v else ${bag} end`;
}

/** What a token makes of the frames. A frame is {n: name, c: children}; the first one holds the document. */
function step(): string {
  const state = (frames: string, isBad: string) => `{'s': ${frames}, 't': '', 'bad': ${isBad}}`;
  const below = (count: number) => `list_slice(a.s, 1, len(a.s) - ${count})`;
  const withChild = (frame: string, child: string) => `{'n': ${frame}.n, 'c': list_append(${frame}.c, ${child})}`;
  const opened = state(`list_append(a.s, {'n': ${nameOf('b.t')}, 'c': ${attributesOf('b.t')}})`, 'false');
  const closed = state(
    `list_append(${below(2)}, ${withChild('a.s[-2]', `{'k': a.s[-1].n, 'v': ${bound('f', 'a.s[-1].c', contentOf('f'))}}`)})`,
    'false',
  );
  const text = state(
    `list_append(${below(1)}, ${withChild('a.s[-1]', `{'k': '#text', 'v': ${scalar("regexp_replace(b.t, '^\\s+|\\s+$', '', 'g')")}}`)})`,
    'false',
  );
  const failed = state('a.s', 'true');
  return [
    'case when a.bad then a',
    `when regexp_matches(b.t, '^</') then case when len(a.s) < 2 or a.s[-1].n <> ${nameOf('b.t')} then ${failed} else ${closed} end`,
    `when regexp_matches(b.t, '^<[A-Za-z_]') then ${opened}`,
    `when starts_with(b.t, '<') or regexp_full_match(b.t, '\\s*') then a`,
    `when len(a.s) = 1 then ${failed}`,
    `else ${text} end`,
  ].join(' ');
}

function parseXml(text: string): string {
  const tokens = `regexp_extract_all(${text}, '${TOKEN}')`;
  // <e/> is <e></e>.
  const paired = `flatten(list_transform(g.t, lambda t: case when regexp_matches(t, '^<[A-Za-z_]') and ends_with(t, '/>') then [t, '</' || ${nameOf('t')} || '>'] else [t] end))`;
  const empty = `[]::struct(n varchar, c struct(k varchar, v varchar)[])[]`;
  const start = `{'s': [{'n': '', 'c': []::struct(k varchar, v varchar)[]}], 't': '', 'bad': false}`;
  const states = `list_prepend(${start}, list_transform(${paired}, lambda t: {'s': ${empty}, 't': t, 'bad': false}))`;
  const last = bound(
    'z',
    `list_reduce(${states}, lambda a, b: ${step()})`,
    `case when not z.bad and len(z.s) = 1 and len(z.s[1].c) = 1 then '{' || ${json('z.s[1].c[1].k')} || ':' || z.s[1].c[1].v || '}' end`,
  );
  const whole = bound('g', `{'t': ${tokens}}`, `case when array_to_string(g.t, '') = ${text} then ${last} end`);
  return `case when ${text} <> '' and strlen(${text}) <= ${LONGEST} then ${whole} end`;
}

export const XML: Readonly<Record<string, FunctionEntry>> = {
  parse_xml: { takes: ['string'], usesOften: true, sql: ({ args: [text = ''] }) => parseXml(text) },
};
