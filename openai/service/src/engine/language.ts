import type { Language } from './topic.ts';
import { commonness, wordsOf } from './words.ts';

/** Enough of a text to know its language by. */
const SAMPLE = 4_000;

/** The language of a text; undefined where it does not show (a name, a formula). Other languages count as English. */
export function languageOf(text: string): Language | undefined {
  const sample = text.slice(0, SAMPLE);
  const { en, pt, other } = commonness(wordsOf(sample));
  const accents = sample.match(/[ãõçâêô]|\b(?:inteligência|você|não)\b/giu)?.length ?? 0;
  const portuguese = pt + accents;
  if (/[¿¡ñ]/u.test(sample) || (other > portuguese && other > en)) return 'en';
  if (portuguese === en) return undefined;
  return portuguese > en ? 'pt' : 'en';
}

const names: readonly (readonly [RegExp, Language | undefined])[] = [
  [/^(?:english|ingl[êe]s)$/, 'en'],
  [/^(?:brazilian portuguese|portuguese|portugu[êe]s|pt-br)$/, 'pt'],
  [
    /^(?:spanish|espanhol|french|franc[êe]s|german|alem[ãa]o|italian|italiano|japanese|japon[êe]s|chinese|chin[êe]s)$/,
    undefined,
  ],
];

const language =
  'english|brazilian portuguese|portuguese|pt-br|spanish|french|german|italian|japanese|chinese|ingl[êe]s|portugu[êe]s|espanhol|franc[êe]s|alem[ãa]o|italiano|japon[êe]s|chin[êe]s';
const asked = new RegExp(
  `\\b(?:answer|reply|respond|write|speak|explain|responda|responde|escreva|fale|explique|sempre|always|only|apenas)\\b[^.\\n]{0,60}?\\b(?:in|em)\\s+(${language})(?![\\p{L}])|^\\s*(?:in|em)\\s+(${language})(?![\\p{L}])|\\b(?:in|em)\\s+(${language})[.!?]?\\s*$`,
  'iu',
);

/** The language that an instruction asks for: one that is spoken here, or the name of one that is not. */
export function askedLanguage(
  text: string,
): { readonly language: Language } | { readonly unavailable: string } | undefined {
  const match = asked.exec(text.slice(0, SAMPLE));
  const name = match?.[1] ?? match?.[2] ?? match?.[3];
  if (name === undefined) return undefined;
  const found = names.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
  return found === undefined ? { unavailable: name } : { language: found };
}
