import { lineAndColumn } from '../diagnostics.ts';
import { Syn } from '../kusto.ts';
import type { TextEdit } from './edits.ts';
import { nearName } from './near-name.ts';
import { type Advice, nodeAround, type Situation, type Token } from './situation.ts';

const insertion = (start: number, text: string): readonly TextEdit[] => [{ start, length: 0, text }];
const replacement = (token: Token, text: string): readonly TextEdit[] => [
  { start: token.start, length: token.text.length, text },
];

/** KS001: a string without its end. */
export function adviseString(situation: Situation): Advice | undefined {
  const token = [...situation.tokens].reverse().find(({ start }) => start < situation.start);
  if (token === undefined) return undefined;
  const quote = situation.message.slice(-1);
  const { line, column } = lineAndColumn(situation.text, token.start);
  return {
    hint: `The string that begins on line ${line}, column ${column} has no end; a string ends on its line`,
    edits: insertion(situation.start, quote),
  };
}

const QUOTES: Readonly<Record<string, string>> = {
  '”': '"',
  '“': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '«': '"',
  '»': '"',
};

/** KS002: a sign that the language does not have. */
export function adviseSign(situation: Situation): Advice | undefined {
  const { covered, text, start } = situation;
  if (covered === '&') {
    const isFirst = text[start + 1] === '&';
    if (!isFirst && text[start - 1] === '&') return undefined;
    return { hint: 'The word is and: a and b', edits: [{ start, length: isFirst ? 2 : 1, text: 'and' }] };
  }
  const straight = QUOTES[covered];
  if (straight !== undefined)
    return {
      hint: `Strings stand in straight quotes: ${straight}`,
      edits: quotesAround(text, start, straight),
    };
  if (covered === '`') {
    const lineStart = text.lastIndexOf('\n', start) + 1;
    if (text.slice(lineStart, start).split('`').length % 2 === 0) return undefined;
    const end = text.indexOf('`', start + 1);
    if (end < 0) return { hint: "Names with special signs are written ['name']" };
    const inner = text.slice(start + 1, end);
    const name = /^[A-Za-z_]\w*$/.test(inner) ? inner : `['${inner}']`;
    return {
      hint: `A name is written plain or as ['name'], text in quotes: "${inner}"`,
      edits: [{ start, length: end + 1 - start, text: name }],
    };
  }
  return undefined;
}

function quotesAround(text: string, start: number, straight: string): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  for (let at = start; at < text.length && text[at] !== '\n'; at++)
    if (QUOTES[text[at] ?? ''] !== undefined) edits.push({ start: at, length: 1, text: straight });
  return edits;
}

/** KS005: something else was expected. */
export function adviseExpected(situation: Situation): Advice | undefined {
  const expected = situation.message.replace(/^Expected:? ?/, '');
  const token = situation.tokenAt(0);
  const before = situation.tokenAt(-1);
  if (expected === 'by')
    return { hint: `by is missing: ${before.text} by ${token.text}`, edits: insertion(situation.start, 'by ') };
  if (/^one of: inner/.test(expected)) return joinKind(situation);
  if (expected === '(') return opened(situation);
  if (expected === '..' && before.text !== '(' && token.text === ',')
    return { hint: 'A range is written between (a .. b)', edits: replacement(token, '..') };
  if (/^[)\]}]$/.test(expected)) return unclosed(situation, expected);
  if (expected === ';') return ended(situation);
  if (expected === ',') return separated(situation);
  return undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  outer: 'fullouter',
  full: 'fullouter',
  left: 'leftouter',
  right: 'rightouter',
  semi: 'leftsemi',
  cross: 'inner',
};

function joinKind(situation: Situation): Advice {
  const kinds = situation.message.replace(/^.*: /, '').split(', ');
  const token = situation.tokenAt(0);
  const foreign = Object.hasOwn(KINDS, token.text.toLowerCase()) ? KINDS[token.text.toLowerCase()] : undefined;
  const meant = foreign ?? nearName(token.text, kinds);
  return meant === undefined
    ? { hint: `The kinds are ${kinds.join(', ')}` }
    : { hint: `Did you mean kind=${meant}?`, edits: replacement(token, meant) };
}

/** `in "a"`, `has_any "a", "b"`, `between 1 and 5` */
function opened(situation: Situation): Advice | undefined {
  const [operator, first] = [situation.tokenAt(-1), situation.tokenAt(0)];
  if (operator.text === 'between' || operator.text === '!between') {
    const [word, last] = [situation.tokenAt(1), situation.tokenAt(2)];
    if (word.text !== 'and') return { hint: 'A range is written between (a .. b)' };
    return {
      hint: `A range is written ${operator.text} (${first.text} .. ${last.text})`,
      edits: [{ start: first.start, length: last.end - first.start, text: `(${first.text} .. ${last.text})` }],
    };
  }
  let [end, offset] = [first.end, 0];
  while (situation.tokenAt(offset + 1).text === ',' && situation.tokenAt(offset + 2).text !== '') {
    offset += 2;
    end = situation.tokenAt(offset).end;
  }
  if (first.text === '') return undefined;
  const list = `(${situation.text.slice(first.start, end)})`;
  return {
    hint: `The values stand in parentheses: ${operator.text} ${list}`,
    edits: [{ start: first.start, length: end - first.start, text: list }],
  };
}

const CLOSERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

function unclosed(situation: Situation, closer: string): Advice | undefined {
  const open: Token[] = [];
  for (const token of situation.tokens) {
    if (token.start >= situation.start) break;
    if (CLOSERS[token.text] !== undefined) open.push(token);
    else if (/^[)\]}]$/.test(token.text)) open.pop();
  }
  const last = open.findLast((token) => CLOSERS[token.text] === closer);
  if (last === undefined) return undefined;
  const { line, column } = lineAndColumn(situation.text, last.start);
  return {
    hint: `The ${last.text} on line ${line}, column ${column} is not closed`,
    edits: insertion(endOfLines(situation, last), closer),
  };
}

/** Where the bracket ends by the look of the lines: before the next that begins with a pipe. */
function endOfLines({ text, start }: Situation, open: Token): number {
  const inside = /\s*\n\s*\|/.exec(text.slice(open.end, start));
  return inside === null ? start : open.end + inside.index;
}

/** What ends a statement too early. */
function ended(situation: Situation): Advice | undefined {
  const [before, token, next, afterNext] = [-1, 0, 1, 2].map((offset) => situation.tokenAt(offset)) as [
    Token,
    Token,
    Token,
    Token,
  ];
  const statement = nodeAround(situation.tree, Math.max(0, before.start), Syn.LetStatement);
  const breaksLine = situation.text.slice(before.end, token.start).includes('\n');
  if (statement !== undefined && (breaksLine || situation.length === 0) && token.text !== 'as')
    return { hint: 'A let ends with ;', edits: insertion(before.end, ';') };
  if (token.text === 'as' && next.text !== '')
    return {
      hint: `The new name stands first: ${next.text} = ${before.text}`,
      edits: [{ start: before.start, length: next.end - before.start, text: `${next.text} = ${before.text}` }],
    };
  if (token.text === 'not' && next.text === 'in') {
    return {
      hint: 'The operator is !in',
      edits: [{ start: token.start, length: next.end - token.start, text: '!in' }],
    };
  }
  if (token.text === 'not' && /^(has|contains|between|startswith|endswith)$/.test(next.text) && afterNext.text !== '')
    return {
      hint: `The operator is !${next.text}`,
      edits: [{ start: token.start, length: next.end - token.start, text: `!${next.text}` }],
    };
  return undefined;
}

function separated(situation: Situation): Advice | undefined {
  const token = situation.tokenAt(0);
  const summarize = nodeAround(situation.tree, situation.tokenAt(-1).start, Syn.SummarizeOperator);
  if (summarize !== undefined && summarize.ByClause === null && situation.columns().has(token.text))
    return { hint: `Groups stand after by: by ${token.text}`, edits: insertion(situation.start, 'by ') };
  if (situation.columns().has(token.text))
    return { hint: 'Columns are separated by commas', edits: insertion(situation.tokenAt(-1).end, ',') };
  return undefined;
}

/** KS006: something is missing altogether. */
export function adviseMissing(situation: Situation): Advice | undefined {
  const before = situation.tokenAt(-1);
  const token = situation.tokenAt(0);
  if (/^[/*][/*]$/.test(situation.text.slice(situation.start - 1, situation.start + 1))) return comment();
  if (before.text === 'take' || before.text === 'limit')
    return { hint: `Say how many rows: ${before.text} 100`, edits: insertion(before.end, ' 100') };
  if (/join on condition/.test(situation.message))
    return { hint: 'Say what the rows have in common: join kind=inner (…) on Column' };
  if (token.text === '=' && before.text === '==')
    return { hint: 'The operator is ==', edits: [{ start: token.start, length: 1, text: '' }] };
  if (/^(and|or|==|!=|<|>|<=|>=|\+|-|\*|has|contains)$/.test(before.text) && /^(\||;|\)|)$/.test(token.text))
    return { hint: `${before.text} lacks its right side` };
  if (token.text === ',' || before.text === ',')
    return {
      hint: 'A comma has nothing on one of its sides',
      edits: [
        before.text === ','
          ? { start: before.start, length: 1, text: '' }
          : { start: token.start, length: 1, text: '' },
      ],
    };
  if (before.text === 'where' || before.text === 'filter') return { hint: 'Say which rows: where Column == value' };
  if (before.text === 'union') return { hint: 'Say which tables: union A, B' };
  if (/^(extend|project|distinct|summarize|by)$/.test(before.text))
    return { hint: `Say which columns after ${before.text}` };
  return undefined;
}

const comment = (): Advice => ({ hint: 'A comment begins with // and ends with its line' });

/** KS198: what no rule of the language explains. */
export function adviseFragment(situation: Situation): Advice | undefined {
  const token = situation.tokenAt(0);
  const next = situation.tokenAt(1);
  const before = situation.tokenAt(-1);
  if (token.text === '=>') return { hint: 'The operator is >=', edits: replacement(token, '>=') };
  if (token.text === '=' && next.text === '<') {
    return { hint: 'The operator is <=', edits: [{ start: token.start, length: next.end - token.start, text: '<=' }] };
  }
  if (token.text === '=' && /^(!=|==)$/.test(before.text))
    return { hint: `The operator is ${before.text}`, edits: replacement(token, '') };
  if (token.text === '=') {
    const join = nodeAround(situation.tree, Math.max(0, before.start), Syn.JoinOperator);
    if (join !== undefined)
      return {
        hint: `Columns are joined by $left.${before.text} == $right.${next.text}`,
        edits: [
          { start: before.start, length: next.end - before.start, text: `$left.${before.text} == $right.${next.text}` },
        ],
      };
  }
  if (/^[)\]}]$/.test(token.text)) return { hint: `This ${token.text} closes nothing`, edits: replacement(token, '') };
  if (token.text === ';') return { hint: 'One ; is enough', edits: replacement(token, '') };
  if (token.text === '|' && before.text === ';')
    return { hint: 'The ; ends the query before this |', edits: replacement(before, '') };
  if (token.text === '|' && before.text === '') return { hint: 'A query begins with a table: Table | where …' };
  return undefined;
}

/** KS174: an operator without a table before it. */
export function adviseFirst(situation: Situation): Advice {
  const [table] = situation.tables();
  const example = `${table ?? 'Table'} | ${situation.tokenAt(0).text} …`;
  return { hint: `A query begins with a table: ${example}` };
}

/** KS117: a function without its arguments. */
export function adviseArguments(situation: Situation): Advice | undefined {
  const token = situation.tokenAt(0);
  const next = situation.tokenAt(1);
  if (token.text === 'not' && next.text !== 'in' && situation.tokenAt(-1).text !== 'is') {
    let [offset, depth] = [1, 0];
    for (; situation.tokenAt(offset).text !== ''; offset++) {
      const { text } = situation.tokenAt(offset);
      if (text === '(') depth += 1;
      if (text === ')' && --depth < 0) break;
      if (depth === 0 && /^(\||;|and|or|,)$/.test(text)) break;
    }
    const last = situation.tokenAt(offset - 1);
    const inner = situation.text.slice(next.start, last.end);
    return {
      hint: `not is a function: not(${inner})`,
      edits: [{ start: token.start, length: last.end - token.start, text: `not(${inner})` }],
    };
  }
  if (token.text === 'case') return { hint: 'case is a function: case(condition, value, …, otherwise)' };
  return undefined;
}

/** KS250: `#` */
export const adviseDirective = (): Advice => comment();

/** KS213: a parameter of a workbook or dashboard that nobody filled. */
export function adviseParameter(situation: Situation): Advice {
  const name = situation.covered.replace(/^\{|\}$/g, '');
  const before = situation.tokenAt(-1).text;
  const isTime = /time|range|period/i.test(name);
  const example = !isTime
    ? '"value"'
    : /^(>|>=|<|<=)$/.test(before)
      ? 'ago(1h)'
      : /^[A-Za-z_]\w*$/.test(before)
        ? '> ago(1h)'
        : '1h';
  return {
    hint: `{${name}} is a parameter of a workbook; put a value in its place, for example ${example}`,
    ...(isTime ? { edits: [{ start: situation.start, length: situation.length, text: example }] } : {}),
  };
}
