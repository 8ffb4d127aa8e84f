import { embed } from './embed.ts';
import type { Language } from './topic.ts';
import { sentencesOf, shorten, stemsOf, wordsOf } from './words.ts';

/** What is done with a text that the prompt brings along. All of it takes from the text and adds nothing. */

const quotes = /["“«]([^"”»]{3,})["”»]/u;

/** Quotation marks are looked for in this much of a request. */
const NEAR = 20_000;

/** The material of a request: in a code fence, after a colon, on the lines below, or in quotation marks. */
export function materialIn(request: string): string | undefined {
  const fenced = fencedIn(request);
  if (fenced !== undefined) return fenced;
  const text = request.trim();
  const colon = /:\s+(?=\S)|:(?=["“«\n])/u.exec(text.slice(0, 1_000));
  const line = text.indexOf('\n');
  const from = colon !== null ? colon.index + colon[0].length : line + 1;
  if (from > 0) {
    const rest = text.slice(from).trim();
    const quoted = quotes.exec(rest.slice(0, NEAR));
    if (quoted !== null && quoted.index === 0 && quoted[0].length >= rest.length - 2) return quoted[1];
    if (rest !== '') return rest;
  }
  return quotes.exec(text.slice(0, NEAR))?.[1];
}

function fencedIn(text: string): string | undefined {
  const fence = text.indexOf('```');
  const start = fence < 0 ? -1 : text.indexOf('\n', fence);
  const end = start < 0 ? -1 : text.indexOf('```', start);
  const inside = end < 0 ? '' : text.slice(start + 1, end).trim();
  return inside === '' ? undefined : inside;
}

/** The sentences whose words the text uses most, in the text's order, each once. */
export function summaryOf(
  text: string,
  options: { readonly language: Language; readonly sentences: number },
): string[] {
  const counts = new Map<string, number>();
  const once = [...new Set(sentencesOf(text))].map((sentence) => {
    const stems = stemsOf(sentence, options.language);
    for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    return { sentence, stems };
  });
  const weighed = once.map(({ sentence, stems }, place) => {
    let weight = 0;
    for (const stem of stems) weight += counts.get(stem) ?? 0;
    // Long sentences are not better for being long, and the first one usually says what it is about.
    return { sentence, place, weight: weight / Math.sqrt(stems.size + 1) + (place === 0 ? 1 : 0) };
  });
  return weighed
    .sort((one, other) => other.weight - one.weight)
    .slice(0, options.sentences)
    .sort((one, other) => one.place - other.place)
    .map(({ sentence }) => shorten(sentence, 600));
}

/** Sentences that share most of the question's words, best first. Instructions are not taken for facts. */
export function answersIn(text: string, question: string, language: Language): string[] {
  const asked = stemsOf(question, language);
  const least = asked.size === 1 ? 1 : Math.max(2, Math.ceil(asked.size * 0.6));
  return [...new Set(sentencesOf(text))]
    .map((sentence) => sentence.replace(/^(?:\[\d+\]|[-*•])\s*/u, ''))
    .filter(
      (sentence) =>
        !/\?$|^(?:you|your|answer|always|never|do not|don't|use|if|please|you|respond|você|responda|sempre|nunca|não|use|se)(?!\p{L})/iu.test(
          sentence,
        ),
    )
    .map((sentence, place) => {
      let shared = 0;
      for (const stem of stemsOf(sentence, language)) if (asked.has(stem)) shared += 1;
      return { sentence, place, shared };
    })
    .filter(({ shared }) => shared >= least)
    .sort((one, other) => other.shared - one.shared || one.place - other.place)
    .slice(0, 3)
    .map(({ sentence }) => shorten(sentence, 600));
}

const good = setOf(
  'good great excellent love loved like liked amazing wonderful best happy perfect nice fantastic recommend helpful fast easy bom boa ótimo ótima excelente amei adoro adorei gostei maravilhoso melhor feliz perfeito legal recomendo rápido fácil incrível',
);
const bad = setOf(
  'bad terrible awful hate hated worst poor horrible sad angry broken slow disappointing disappointed useless never refund problem ruim péssimo péssima horrível odeio odiei pior triste lento quebrado decepcionante decepcionado inútil problema nunca reembolso',
);

function setOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Praise minus complaint, by a short list of words; a `not` before a word turns it around. */
export function sentimentOf(text: string): number {
  let sum = 0;
  let turned = 1;
  for (const word of wordsOf(text)) {
    const isNegation = /^(?:not|no|never|don't|didn't|isn't|wasn't|não|nem)$/u.test(word);
    if (good.has(word)) sum += turned;
    else if (bad.has(word)) sum -= turned;
    turned = isNegation ? -1 : isFilling(word) ? turned : 1;
  }
  return sum;
}

const isFilling = (word: string) => /^(?:a|so|very|really|é|muito|tão)$/u.test(word);

const sentiments: readonly (readonly [RegExp, (sum: number) => boolean])[] = [
  [/^(?:pos|good|bom|boa|favor|happy|feliz)/iu, (sum) => sum > 0],
  [/^(?:neg|bad|ruim|mau|unhapp|triste|contra)/iu, (sum) => sum < 0],
  [/^(?:neut|mixed|mist)/iu, (sum) => sum === 0],
];

/** The label that fits a text best: by sentiment where the labels are of that kind, else by shared wording. */
export function labelFor(text: string, labels: readonly [string, ...string[]]): string {
  const judged = labels.map((label) => sentiments.find(([pattern]) => pattern.test(label))?.[1]);
  if (judged.filter((one) => one !== undefined).length >= 2) {
    const sum = sentimentOf(text);
    const at = judged.findIndex((isSo) => isSo?.(sum) === true);
    return labels[Math.max(0, at)] ?? labels[0];
  }
  const lower = text.toLowerCase();
  const named = labels.find((label) => lower.includes(label.toLowerCase()));
  return (
    named ??
    nearest(
      text,
      labels.map((label) => ({ text: label, value: label })),
      labels[0],
    )
  );
}

/** The value whose text is likest in wording. */
export function nearest<T>(
  text: string,
  choices: readonly { readonly text: string; readonly value: T }[],
  otherwise: T,
): T {
  const size = { dimensions: 512, keep: 512 };
  const own = embed(text.slice(0, 20_000), size);
  let best = { likeness: -1, value: otherwise };
  for (const choice of choices) {
    const other = embed(choice.text.slice(0, 20_000), size);
    let likeness = 0;
    own.forEach((value, index) => {
      likeness += value * (other[index] ?? 0);
    });
    if (likeness > best.likeness) best = { likeness, value: choice.value };
  }
  return best.value;
}

export type Extract = 'email' | 'url' | 'date' | 'number' | 'name';

const extracts: Readonly<Record<Extract, RegExp>> = {
  email: /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g,
  url: /https?:\/\/[^\s"'<>)]+[^\s"'<>).,;]/g,
  date: /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}\/\d{1,2}\/\d{2,4}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:, \d{4})?|\b\d{1,2} de (?:janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro)(?: de \d{4})?/giu,
  number: /-?\d+(?:[.,]\d+)*/g,
  // Two capitals in a row are a name anywhere, one only where no sentence begins; `JSON` is none.
  name: /(?<!\p{L})\p{Lu}\p{Ll}+(?:[ -](?:d[aeo]s? )?\p{Lu}\p{L}+)+|(?<![.!?:]\s|^|\n|\p{L})\p{Lu}\p{Ll}\p{L}*/gu,
};

/** More than this is not listed. */
const MOST_EXTRACTS = 500;

/** All of one kind, each once, in the text's order. */
export function extractFrom(text: string, kind: Extract): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(extracts[kind])) {
    found.add(match[0]);
    if (found.size >= MOST_EXTRACTS) break;
  }
  return [...found];
}
