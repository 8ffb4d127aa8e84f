import type { Turn } from '../conversation.ts';
import { askedLanguage, languageOf } from './language.ts';
import type { Language } from './topic.ts';

/** How to answer: what the system message and the request itself say of form, never of content. */
export interface Manner {
  readonly language: Language;
  /** A language that was asked for and is not spoken here. */
  readonly unavailableLanguage?: string;
  /** Definition, everyday example, a question to the learner. */
  readonly isTeaching: boolean;
  readonly isBrief: boolean;
  readonly isFormal: boolean;
  readonly isUpperCase: boolean;
  readonly list: 'none' | 'bullets' | 'numbers';
  /** JSON was asked for in words, not by `response_format`. */
  readonly isJsonOnly: boolean;
  readonly personaName?: string;
  /** `a hiking guide`, as the system message words it. */
  readonly role?: string;
  readonly mostSentences?: number;
  readonly mostWords?: number;
  /** To be written as they are. */
  readonly opening?: string;
  readonly ending?: string;
}

/** Instructions are short; what follows is material. */
const INSTRUCTIONS = 4_000;

const numberWords: Readonly<Record<string, number>> = {
  one: 1,
  a: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  um: 1,
  uma: 1,
  dois: 2,
  duas: 2,
  três: 3,
  tres: 3,
  quatro: 4,
  cinco: 5,
  seis: 6,
  sete: 7,
  oito: 8,
  nove: 9,
  dez: 10,
};
export const numberFrom = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const digits = /^[\d.,]+$/.test(text) ? Number(text.replaceAll(/[.,]/g, '')) : numberWords[text.toLowerCase()];
  return digits === undefined || Number.isNaN(digits) ? undefined : digits;
};
export const numeral = `\\d[\\d.,]*|${Object.keys(numberWords).join('|')}`;

const patterns = {
  teaching:
    /\b(?:teacher|tutor|instructor|educator|lecturer|professora?|teach(?:es|ing)?|pedagog\p{L}*|did[áa]tic\p{L}*|didactic\p{L}*|ensina\p{L}*)(?!\p{L})|\bhelps? (?:people|students|users|learners|them|me) (?:to )?learn|ajud\p{L}* (?:as pessoas|os alunos|alunos|pessoas|estudantes) a aprender/iu,
  brief:
    /\b(?:be (?:very )?(?:brief|concise|short|succinct)|briefly|concise(?:ly)?|succinct(?:ly)?|short answers?|in short|keep (?:it|answers|your answers) (?:short|brief)|seja (?:breve|conciso|concisa|objetivo|sucinto)|brevemente|resumidamente|respostas? curtas?|de forma (?:breve|curta|sucinta)|concis[oa]s?)(?!\p{L})/iu,
  formal:
    /\b(?:formal(?:ly|mente)?|polite(?:ly)?|business tone|tom (?:formal|profissional)|linguagem formal)(?!\p{L})/iu,
  informal: /\binformal(?:ly|mente)?(?!\p{L})/iu,
  upper: /\b(?:all caps|upper ?case(?: only)?|capital letters|mai[úu]sculas)(?!\p{L})/iu,
  bullets:
    /\b(?:bullet(?:ed)?(?: points?| lists?)?|bullets|as a list|lista com marcadores|em t[óo]picos|marcadores|em forma de lista)(?!\p{L})/iu,
  numbers: /\b(?:numbered list|step[- ]by[- ]step|lista numerada|passo a passo|in steps|em passos)(?!\p{L})/iu,
  json: /\b(?:(?:answer|reply|respond|output|return|responda|responde|retorne|devolva)\b[^.\n]{0,40}\b(?:in|as|with|em|como|com)?\s*(?:valid |a )?json(?!\p{L})|only json|json only|apenas (?:em )?json|somente (?:em )?json)/iu,
  genericRole:
    /^(?:an? |the |um |uma |o |a )?(?:(?:very |muito )?(?:helpful|friendly|useful|ai|chat|prestativo|[úu]til|virtual|intelligent|de ia)\s*)*(?:assistants?|chatbot|bot|model|assistente|modelo)(?: (?:de ia|virtual|[úu]til|prestativo|that helps|que ajuda).*)?$/iu,
} as const;

/** `turns`: the whole conversation; the last user turn may override what the system message says. */
export function mannerOf(turns: readonly Turn[], asked: string): Manner {
  const system = turns
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ text }) => text.slice(0, INSTRUCTIONS))
    .join('\n');
  const request = asked.slice(0, INSTRUCTIONS);
  const both = `${system}\n${request}`;
  const wanted = askedLanguage(request) ?? askedLanguage(system);
  const spoken = wanted !== undefined && 'language' in wanted ? wanted.language : undefined;
  const limits = limitsOf(request) ?? limitsOf(system) ?? {};
  const personaName = personaOf(system);
  const role = roleOf(system);
  const opening = quotedAfter(both, 'start|begin|comece|inicie');
  const ending = quotedAfter(both, 'end|finish|termine|finalize');
  return {
    language: spoken ?? (wanted === undefined ? spokenIn(turns, asked, system) : 'en'),
    ...(wanted !== undefined && 'unavailable' in wanted ? { unavailableLanguage: wanted.unavailable } : {}),
    isTeaching:
      patterns.teaching.test(system) ||
      /\b(?:as|like) an? (?:\w+ )?teacher|como (?:um |uma )?professora?/iu.test(request),
    isBrief: patterns.brief.test(both),
    isFormal: patterns.formal.test(both.replace(patterns.informal, '')),
    isUpperCase: patterns.upper.test(both),
    list: patterns.numbers.test(both) ? 'numbers' : patterns.bullets.test(both) ? 'bullets' : 'none',
    isJsonOnly: patterns.json.test(both),
    ...(personaName === undefined ? {} : { personaName }),
    ...(role === undefined ? {} : { role }),
    ...limits,
    ...(opening === undefined ? {} : { opening }),
    ...(ending === undefined ? {} : { ending }),
  };
}

/** The language of the request, else of what was said before, else of the system message, else English. */
function spokenIn(turns: readonly Turn[], asked: string, system: string): Language {
  const own = languageOf(asked);
  if (own !== undefined) return own;
  for (const turn of [...turns].reverse()) {
    if (turn.role !== 'user' && turn.role !== 'assistant') continue;
    const found = languageOf(turn.text);
    if (found !== undefined) return found;
  }
  return languageOf(system) ?? 'en';
}

const limit = new RegExp(
  `\\b(?:in|within|at most|no more than|up to|maximum(?: of)?|max|only|em|em at[ée]|at[ée]|no m[áa]ximo|m[áa]ximo de|apenas)\\s+(?:exactly |exatamente )?(${numeral})\\s+(?:short |curtas? )?(sentences?|words?|frases?|palavras?)(?!\\p{L})`,
  'iu',
);

function limitsOf(text: string): { mostSentences: number } | { mostWords: number } | undefined {
  const match = limit.exec(text);
  const count = numberFrom(match?.[1]);
  if (match === null || count === undefined || count < 1) return undefined;
  return /^(?:s|f)/i.test(match[2] ?? '') ? { mostSentences: count } : { mostWords: count };
}

function personaOf(system: string): string | undefined {
  const called =
    /\b(?:[Yy]our name is|[Yy]ou are (?:called|named)|(?:named|called)|[Ss]eu nome é|[Vv]ocê se chama|chamad[oa])\s+["“']?(\p{Lu}[\p{L}-]+)/u.exec(
      system,
    );
  const direct =
    /\b(?:[Yy]ou are|[Vv]ocê é)\s+(\p{Lu}\p{Ll}[\p{L}-]+)(?=\s*[,.;\n]|\s+(?:the|an?|from|o|a|uma?|da|do)\s)/u.exec(
      system,
    );
  return called?.[1] ?? direct?.[1];
}

function roleOf(system: string): string | undefined {
  const match =
    /\b(?:you are|act as|the system is|você é|aja como|o sistema é)\s+(?:\p{Lu}[\p{L}-]+,\s+)?((?:an?|the|uma?|o|a)\s+[^.,;:\n]{3,60})/iu.exec(
      system,
    );
  const role = match?.[1]?.trim().replace(/\s+(?:that|who|which|que|and|e)\s.*$/iu, '');
  return role === undefined || patterns.genericRole.test(role) ? undefined : role;
}

function quotedAfter(text: string, verbs: string): string | undefined {
  const pattern = new RegExp(
    `\\b(?:${verbs})\\b[^.\\n"“']{0,40}\\b(?:with|com)\\b[^.\\n"“']{0,30}["“']([^"”'\\n]{1,200})["”']`,
    'iu',
  );
  return pattern.exec(text)?.[1];
}
