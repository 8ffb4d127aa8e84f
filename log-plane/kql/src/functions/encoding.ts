import type { FunctionEntry } from './entry.ts';
import { isArray, textsOf } from './json-text.ts';

/** Of one text; not a template, whose braces would meet those of regular expressions. */
const ofText = (sql: (text: string) => string): FunctionEntry => ({
  takes: ['string'],
  usesOften: true,
  sql: ({ args: [text = ''] }) => sql(text),
});

const one = (sql: string, takes: FunctionEntry['takes'] = ['string']): FunctionEntry => ({
  takes,
  usesOften: true,
  sql,
});

const BASE64 = "'(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?'";
const isBase64 = (text: string): string => `regexp_full_match(${text}, ${BASE64})`;
const bytesOf = (text: string): string => `hex(from_base64(${text}))`;
const byteAt = (digits: string, index: string): string => `('0x' || substr(${digits}, 2 * ${index} + 1, 2))::integer`;

/** The first three groups of a guid are stored with their bytes turned round. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
const turned = (digits: string): string =>
  GUID_ORDER.map((place) => `substr(${digits}, ${2 * place + 1}, 2)`).join(' || ');
const dashed = (digits: string): string =>
  `list_transform([${digits}], lambda g: substr(g, 1, 8) || '-' || substr(g, 9, 4) || '-' || substr(g, 13, 4) || '-' || substr(g, 17, 4) || '-' || substr(g, 21))[1]`;

/** Numbers from arrays and single arguments, one after the other. */
const codes = (args: readonly string[], types: readonly string[]): string =>
  args
    .map((arg, index) =>
      types[index] === 'dynamic'
        ? `case when ${isArray(arg)} then list_transform(${textsOf(arg)}, lambda t: try_cast(t as integer)) else [try_cast(${arg} as integer)] end`
        : `[(${arg})::integer]`,
    )
    .reduce((a, b) => `list_concat(${a}, ${b})`);

export const ENCODING: Readonly<Record<string, FunctionEntry>> = {
  base64_decode_tostring: ofText(
    (text) => `coalesce(case when ${isBase64(text)} then try(decode(from_base64(${text}))) end, '')`,
  ),
  base64_decode_toarray: ofText(
    (text) =>
      `case when ${isBase64(text)} then to_json(list_transform([${bytesOf(text)}], lambda h: list_transform(range(length(h) // 2), lambda i: ${byteAt('h', 'i')}))[1])::varchar end`,
  ),
  base64_decode_toguid: ofText(
    (text) =>
      `case when length(${text}) = 24 and ${isBase64(text)} then list_transform([lower(${bytesOf(text)})], lambda h: ${dashed(turned('h'))})[1] end`,
  ),
  base64_encode_fromguid: one(
    `coalesce(list_transform([replace({0}, '-', '')], lambda h: to_base64(unhex(${turned('h')})))[1], '')`,
    ['guid'],
  ),
  base64_encode_fromarray: one(
    `case when ${isArray('{0}')} then coalesce(to_base64(unhex(array_to_string(list_transform(${textsOf('{0}')}, lambda t: lpad(to_hex(try_cast(t as integer)), 2, '0')), ''))), '') else '' end`,
    ['dynamic'],
  ),
  unicode_codepoints_from_string: one(
    'to_json(list_transform(range(length({0})), lambda i: unicode(substr({0}, i + 1, 1))))::varchar',
  ),
  unicode_codepoints_to_string: {
    takes: ['any'],
    isVariadic: true,
    usesOften: true,
    sql: ({ args, exprs }) =>
      `coalesce(array_to_string(list_transform(${codes(
        args,
        exprs.map(({ type }) => type),
      )}, lambda c: chr(c)), ''), '')`,
  },
  regex_quote: one('regexp_escape({0})'),
  // A shorter list of replacements is filled up with its last sign.
  translate: one(
    "translate({2}, {0}, case when {1} = '' then '' else rpad({1}, greatest(length({0}), length({1}))::integer, right({1}, 1)) end)",
    ['string', 'string', 'string'],
  ),
  replace_strings: {
    takes: ['string', 'dynamic', 'dynamic'],
    usesOften: true,
    sql: ({ args: [text = '', sought = '', replacements = ''] }) => {
      const pairs = `list_zip(${textsOf(sought)}, ${textsOf(replacements)})`;
      // What was replaced is not sought in again: signs of the private use area stand for it meanwhile.
      const sign = 'chr((57344 + i)::integer)';
      const marked = `list_prepend([${text}, ''], list_transform(${pairs}, lambda z, i: [z[1], ${sign}]))`;
      const shown = `list_transform(${pairs}, lambda z, i: [${sign}, coalesce(z[2], '')])`;
      const replaced = 'lambda a, b: [replace(a[1], b[1], b[2]), a[2]]';
      return `list_reduce(list_prepend(list_reduce(${marked}, ${replaced}), ${shown}), ${replaced})[1]`;
    },
  },
  indexof_regex: {
    takes: ['string', 'string', 'long', 'long', 'long'],
    usesOften: true,
    sql: ({ args: [text = '', pattern = '', start = '0', length = '-1', occurrence = '1'] }) => {
      const part = `case when ${length} < 0 then substr(${text}, ${start} + 1) else substr(${text}, ${start} + 1, ${length}) end`;
      const found = `regexp_extract_all(${part}, ${pattern})`;
      // Where the text before the wanted occurrence ends, one occurrence after the other.
      const walked = `list_reduce(list_prepend({'at': 0, 'end': 0, 'm': ''}, list_transform(${found}[1:${occurrence}], lambda m: {'at': 0, 'end': 0, 'm': m})), lambda a, b: {'at': a.end + instr(substr(${part}, a.end + 1), b.m) - 1, 'end': a.end + instr(substr(${part}, a.end + 1), b.m) - 1 + length(b.m), 'm': b.m})`;
      return `case when len(${found}) < ${occurrence} then -1 else ${start} + ${walked}.at end`;
    },
  },
  parse_csv: one(
    `to_json(list_transform(list_zip(regexp_extract_all(list_transform([regexp_extract({0}, '^(?:[^"\\r\\n]|"(?:[^"]|"")*")*')], lambda l: ',' || l)[1], ',(?:"((?:[^"]|"")*)"|([^,]*))', 1), regexp_extract_all(list_transform([regexp_extract({0}, '^(?:[^"\\r\\n]|"(?:[^"]|"")*")*')], lambda l: ',' || l)[1], ',(?:"((?:[^"]|"")*)"|([^,]*))', 2)), lambda z: replace(coalesce(z[1], ''), '""', '"') || coalesce(z[2], '')))::varchar`,
  ),
  parse_path: one(
    `list_transform([{'s': regexp_extract({0}, '^([A-Za-z][A-Za-z0-9+.-]+)://', 1), 'r': regexp_replace({0}, '^[A-Za-z][A-Za-z0-9+.-]+://', '')}], lambda u: list_transform([{'ads': regexp_extract(u.r, '[^\\\\/:]:([^\\\\/:]+)$', 1), 'p': regexp_replace(u.r, '([^\\\\/:]):[^\\\\/:]+$', '\\1')}], lambda v: list_transform([{'f': regexp_extract(v.p, '([^\\\\/]*)$', 1), 'd': regexp_replace(regexp_replace(v.p, '[^\\\\/]*$', ''), '([^:\\\\/])[\\\\/]+$', '\\1')}], lambda w: json_object('Scheme', u.s, 'RootPath', regexp_extract(v.p, '^([A-Za-z]:[\\\\/]?)', 1), 'DirectoryPath', w.d, 'DirectoryName', regexp_extract(w.d, '([^\\\\/:]*)$', 1), 'Filename', w.f, 'Extension', regexp_extract(w.f, '\\.([^.]+)$', 1), 'AlternateDataStreamName', v.ads)::varchar)[1])[1])[1]`,
  ),
  parse_urlquery: one(
    `list_transform([list_filter(string_split(regexp_replace({0}, '^\\?', ''), '&'), lambda p: p <> '')], lambda q: '{"Query Parameters":{' || coalesce(array_to_string(list_transform(q, lambda p: to_json(split_part(p, '=', 1))::varchar || ':' || to_json(substr(p, length(split_part(p, '=', 1)) + 2))::varchar), ','), '') || '}}')[1]`,
  ),
  format_bytes: {
    takes: ['real', 'long', 'string'],
    usesOften: true,
    sql: ({ args: [size = '', precision = '0', units] }) => {
      const names = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
      const steps = names.map((_, index) => `when abs(${size}) < ${1024 ** (index + 1)}::double then ${index}`);
      const list = `[${names.map((name) => `'${name}'`).join(', ')}]`;
      const place =
        units === undefined ? `(case ${steps.join(' ')} else 6 end)` : `(list_position(${list}, ${units}) - 1)`;
      const shown = `round(${size} / pow(1024, ${place}), ${precision}::integer)`;
      const text = `case when ${shown} = trunc(${shown}) then ${shown}::bigint::varchar else ${shown}::varchar end`;
      return `coalesce(${text} || ' ' || ${list}[${place} + 1], '')`;
    },
  },
  binary_shift_left: {
    takes: ['long', 'long'],
    usesOften: true,
    sql: 'case when {1} >= 0 and {1} < 64 then (((({0}::hugeint & 18446744073709551615::hugeint)::uhugeint << ({1})::uhugeint) & 18446744073709551615::uhugeint)::hugeint - case when ((((({0}::hugeint & 18446744073709551615::hugeint)::uhugeint << ({1})::uhugeint) & 18446744073709551615::uhugeint) >> 63::uhugeint) = 1::uhugeint) then 18446744073709551616::hugeint else 0::hugeint end)::bigint when {1} >= 64 then 0 end',
  },
  binary_shift_right: {
    takes: ['long', 'long'],
    usesOften: true,
    sql: 'case when {1} >= 0 and {1} < 64 then {0} >> {1} when {1} >= 64 then case when {0} < 0 then -1 else 0 end end',
  },
};
