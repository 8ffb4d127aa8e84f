import { L, list } from '../src/service/kusto.ts';
import type { Random } from './random.ts';

interface LexicalToken {
  readonly Trivia: string | null;
  readonly Text: string | null;
}

/** Texts of tokens, each with the blanks before it. */
function tokensOf(text: string): string[] {
  return list<LexicalToken>(L.KustoCode.Parse(text)?.GetLexicalTokens()).map(
    ({ Trivia, Text }) => (Trivia ?? '') + (Text ?? ''),
  );
}

const SPICE: readonly string[] = [
  ' 0',
  ' -1',
  ' 9223372036854775807',
  ' 1e308',
  ' ""',
  " '",
  ' "\\u0000"',
  ' dynamic(null)',
  ' dynamic([])',
  ' real(nan)',
  ' int(null)',
  ' datetime(null)',
  ' 1d',
  ' *',
  ' (',
  ' )',
  ' |',
  ' ,',
  ' ;',
  ' ..',
  ' [',
  ' ]',
  ' {',
  ' }',
  ' ==',
  ' =~',
  ' !has',
  ' in',
  ' between',
  ' and',
  ' or',
  ' not',
  ' by',
  ' on',
  ' asc',
  ' nulls first',
  ' $left.',
  ' $right.',
  ' ["a b"]',
  " ['\"']",
  ' let x = 1;',
  ' | count',
  ' | take 1',
  ' | serialize',
  ' | summarize count()',
  ' | extend z = 1',
  ' | project-away *',
  ' | as X',
  ' toscalar(',
  ' materialize(',
  ' tostring(',
  ' tolong(',
  ' iff(',
  ' pack_all()',
  ' now()',
  ' 🎉',
  ' \u2028',
  ' \0',
  ' //',
  ' h"x"',
  ' @"\\"',
  ' ```x```',
  ' -',
  ' {p}',
  ' #',
];

/** A query that resembles others: parts are dropped, doubled, exchanged, taken from elsewhere. */
export function mutate(random: Random, corpus: readonly string[]): string {
  let tokens = tokensOf(random.pick(corpus));
  for (let rounds = 1 + random.whole(4); rounds > 0; rounds--) {
    const at = random.whole(tokens.length);
    const length = 1 + random.whole(4);
    switch (random.whole(8)) {
      case 0:
        tokens.splice(at, length);
        break;
      case 1:
        tokens.splice(at, 0, ...tokens.slice(at, at + length));
        break;
      case 2: {
        const other = random.whole(tokens.length);
        [tokens[at], tokens[other]] = [tokens[other] ?? '', tokens[at] ?? ''];
        break;
      }
      case 3:
        tokens.splice(at, 0, random.pick(SPICE));
        break;
      case 4:
        tokens.splice(at, 1, random.pick(SPICE));
        break;
      case 5: {
        const donor = tokensOf(random.pick(corpus));
        const from = random.whole(donor.length);
        tokens.splice(at, random.whole(3), ...donor.slice(from, from + 1 + random.whole(8)));
        break;
      }
      case 6: {
        const stages = tokensOf(random.pick(corpus)).join('').split('\n|').slice(1);
        if (stages.length > 0) tokens.push(`\n| ${random.pick(stages)}`);
        break;
      }
      case 7: {
        const characters = [...tokens.join('')];
        characters.splice(
          random.whole(characters.length),
          1 + random.whole(2),
          ...(random.chance(0.5) ? [String.fromCodePoint(random.whole(random.chance(0.8) ? 128 : 0xffff))] : []),
        );
        tokens = [characters.join('')];
        break;
      }
    }
    if (tokens.length === 0) tokens = ['T'];
  }
  return tokens.join('');
}
