import type { FunctionEntry } from './entry.ts';

const bound = (name: string, value: string, within: string): string =>
  `(list_transform([${value}], lambda ${name}: ${within}))[1]`;

/**
 * The arguments as CommandLineToArgvW finds them. The program ends at the next quote or blank; then 2n backslashes before
 * a quote are n, one more makes the quote a sign, and every third quote in turn is one too.
 */
function windowsArguments(text: string): string {
  const state = (args: string, current: string, isOpen: string, quotes: string) =>
    `{'a': ${args}, 'c': ${current}, 'o': ${isOpen}, 'q': ${quotes}, 't': ''}`;
  const backslashes = `length(regexp_extract(b.t, '^\\\\*'))`;
  const quoted = bound(
    'n',
    `{'b': ${backslashes}, 'k': a.q + length(b.t) - ${backslashes} - ${backslashes} % 2}`,
    state(
      'a.a',
      `a.c || repeat('\\', n.b // 2) || case when n.b % 2 = 1 then '"' else '' end || repeat('"', n.k // 3)`,
      'true',
      'case when n.k % 3 = 1 then 1 else 0 end',
    ),
  );
  const step = [
    `case when ends_with(b.t, '"') then ${quoted}`,
    `when a.q = 0 and regexp_matches(b.t, '^[ \\t]') then ${state('case when a.o then list_append(a.a, a.c) else a.a end', "''", 'false', '0::bigint')}`,
    `else ${state('a.a', 'a.c || b.t', 'true', 'a.q')} end`,
  ].join(' ');
  const program = `case when starts_with(${text}, '"') then regexp_extract(${text}, '^"([^"]*)', 1) else regexp_extract(${text}, '^[^ \\t]*') end`;
  const rest = `case when starts_with(${text}, '"') then regexp_replace(${text}, '^"[^"]*"?', '') else regexp_replace(${text}, '^[^ \\t]*', '') end`;
  const tokens = `regexp_extract_all(${rest}, '\\\\*"+|[ \\t]+|\\\\+|[^\\\\" \\t]+')`;
  const start = `{'a': [${program}], 'c': '', 'o': false, 'q': 0::bigint, 't': ''}`;
  const states = `list_prepend(${start}, list_transform(${tokens}, lambda t: {'a': []::varchar[], 'c': '', 'o': false, 'q': 0::bigint, 't': t}))`;
  const walked = bound(
    'z',
    `list_reduce(${states}, lambda a, b: ${step})`,
    'to_json(case when z.o then list_append(z.a, z.c) else z.a end)::varchar',
  );
  return `case when ${text} <> '' then ${walked} end`;
}

export const COMMAND_LINE: Readonly<Record<string, FunctionEntry>> = {
  /** "windows" is the only parser that there is. */
  parse_command_line: {
    takes: ['string', 'string'],
    usesOften: true,
    sql: ({ args: [text = '', parser = ''] }) => `case when ${parser} = 'windows' then ${windowsArguments(text)} end`,
  },
};
