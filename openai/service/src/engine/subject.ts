import { englishTopics } from './knowledge-en.ts';
import { portugueseTopics } from './knowledge-pt.ts';
import { type Language, labelOf, type Topic } from './topic.ts';
import { isCommon, shorten, wordsOf } from './words.ts';

/** What a prompt is about. */
export interface Subject {
  /** Best first; empty: nothing of it is known here. */
  readonly topics: readonly Topic[];
  /** As the prompt words it; never empty. */
  readonly phrase: string;
  /** As the prompt words each of the topics. */
  readonly phrases: readonly string[];
}

const byLanguage: Readonly<Record<Language, readonly Topic[]>> = { en: englishTopics, pt: portugueseTopics };
export const topicsIn = (language: Language) => byLanguage[language];

export const topicOf = (id: string, language: Language): Topic | undefined =>
  byLanguage[language].find((topic) => topic.id === id);

/** Every name of both languages, longest first, so that `azure openai` is not read as `openai`. */
const idOfName = new Map<string, string>();
for (const topic of [...portugueseTopics, ...englishTopics]) {
  for (const name of [...topic.names, topic.title.toLowerCase()]) idOfName.set(name, topic.id);
}
const namePattern = new RegExp(
  `(?<![\\p{L}\\p{N}_-])(${[...idOfName.keys()]
    .sort((one, other) => other.length - one.length)
    .map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('|')})(?:s|es)?(?![\\p{L}\\p{N}_])`,
  'giu',
);

/** A prompt's question stands at its start or its end; material between is not searched. */
const EDGE = 3_000;
const edgesOf = (text: string) => (text.length <= 2 * EDGE ? text : `${text.slice(0, EDGE)}\n${text.slice(-EDGE)}`);

interface Mention {
  readonly id: string;
  readonly phrase: string;
}

function mentionsIn(text: string): readonly Mention[] {
  return [...edgesOf(text).matchAll(namePattern)].flatMap((match) => {
    const id = idOfName.get((match[1] ?? '').toLowerCase());
    return id === undefined ? [] : [{ id, phrase: match[0] }];
  });
}

/** Everyday words: they mean a topic only where the prompt says little else (“What is a product?”). */
const everyday = new Set(
  `product products subscription subscriptions log logs monitor stream instructions seed alert alerts vector vectors similarity
  produto produtos assinatura assinaturas chaves log logs instruções parâmetros vetor vetores alerta alertas semente`.split(
    /\s+/,
  ),
);
const OTHER_WORDS = 1;

function isMeant(mentions: readonly Mention[], text: string, language: Language): boolean {
  if (mentions.some(({ phrase }) => !everyday.has(phrase.toLowerCase()))) return true;
  const others = wordsOf(edgesOf(text)).filter(
    (word) => word.length > 1 && !isCommon(word, language) && !everyday.has(word),
  );
  return others.length <= OTHER_WORDS;
}

/** Topics that the text names: those named by longer phrases and more often first, in a draw the earlier one. */
export function subjectOf(text: string, language: Language): Subject | undefined {
  const weights = new Map<string, { weight: number; phrase: string }>();
  const mentions = mentionsIn(text);
  if (!isMeant(mentions, text, language)) return undefined;
  for (const { id, phrase } of mentions) {
    const known = weights.get(id);
    const weight = (known?.weight ?? 0) + 1 + 2 * (phrase.split(/\s+/).length - 1);
    weights.set(id, { weight, phrase: known?.phrase ?? phrase });
  }
  const ranked = [...weights].sort(([, one], [, other]) => other.weight - one.weight);
  const found = ranked.flatMap(([id, { phrase: words }]) => {
    const topic = topicOf(id, language);
    return topic === undefined ? [] : [{ topic, words }];
  });
  const topics = found.map(({ topic }) => topic);
  const phrases = found.map(({ words }) => words);
  const phrase = ranked[0]?.[1].phrase;
  return topics.length === 0 || phrase === undefined ? undefined : { topics, phrase, phrases };
}

const lead: Readonly<Record<Language, RegExp>> = {
  en: /^(?:(?:hello|hi|hey|please|ok(?:ay)?|so|now|well|and|but)\b[\s,!.:-]*)*(?:(?:can|could|would|will) you (?:please )?)?(?:(?:i (?:would like|want) (?:you )?to (?:know|learn|understand|write|explain)|i need|give me|tell me|teach me|show me|explain(?: to me)?|describe|define|discuss|write|create|compose|list|name|compare|what(?:'s| is| are| was| were| does| do| did)|who(?:'s| is| are| was| were)|where(?:'s| is| are)|when(?: is| was| did| does)?|why(?: is| are| do| does| did)?|how(?: do| does| can| could| should| is| are| to| many| much| old| far| long)?|which)\b\s*)+(?:(?:i|you|we|one|about|of|on|me|a|an|the|some|any)\b\s*)*/iu,
  pt: /^(?:(?:olá|oi|ei|por favor|bom dia|boa tarde|ok|e|mas|então|agora)(?!\p{L})[\s,!.:-]*)*(?:(?:você )?(?:pode|poderia|consegue) (?:por favor )?(?:me )?)?(?:(?:(?:eu )?(?:quero|gostaria de|preciso) (?:saber|aprender|entender)?|me (?:fale|diga|explique|conte|dê|mostre)|fale|diga|explique(?:-me)?|descreva|defina|escreva|crie|liste|cite|compare|o que(?: é| são| faz| fazem| significa)?|quem (?:é|são|foi)|onde (?:fica|está)|quando(?: foi| é)?|por que|por quê|para que serve|como(?: se| eu| posso| faço| funciona| é| são)?|qual(?: é| a| o)?|quais(?: são)?|quantos|quantas|quanto)(?!\p{L})\s*)+(?:(?:eu|você|sobre|de|da|do|das|dos|me|um|uma|o|a|os|as|algum|alguma)(?!\p{L})\s*)*/iu,
};

/** The words of a request that stand for its subject, as written; the whole of it where they cannot be told apart. */
export function phraseOf(text: string, language: Language): string {
  const line = shorten(text.slice(0, EDGE), 400).replace(/[?!.…\s]+$/u, '');
  const rest = line.replace(lead[language], '');
  const from = rest === '' ? line : (rest.split(/(?<=\p{L}{2})[.?!]\s/u)[0] ?? rest);
  const matches = [...from.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’_.+#/-]*/gu)];
  const meaning = matches.filter(({ 0: word }) => !isCommon(word.toLowerCase(), language));
  const first = meaning[0];
  const last = meaning.slice(0, 10).at(-1);
  if (first === undefined || last === undefined) return shorten(line === '' ? text.trim() || '…' : line, 80);
  return shorten(from.slice(first.index, last.index + last[0].length), 80);
}

/** Is there anything in the text but greetings and filling? */
export const hasSubject = (text: string, language: Language) =>
  wordsOf(text.slice(0, EDGE)).some((word) => !isCommon(word, language) && word.length > 1);

/** A topic and those around it, in the order in which one would read on; in the end all that is known. */
export function readingOrder(starts: readonly Topic[], language: Language): readonly Topic[] {
  const order: Topic[] = [];
  const seen = new Set<string>();
  const queue = [...starts.map(({ id }) => id)];
  for (const id of queue) {
    if (seen.has(id)) continue;
    seen.add(id);
    const topic = topicOf(id, language);
    if (topic === undefined) continue;
    order.push(topic);
    queue.push(...topic.related);
  }
  return [...order, ...topicsIn(language).filter(({ id }) => !seen.has(id))];
}

export const labelsOf = (topics: readonly Topic[]) => topics.map(labelOf);
