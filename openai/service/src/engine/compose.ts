import type { JsonObject } from '@vigia/contract';
import type { ResponseFormat, Tool, ToolChoice, Turn } from '../conversation.ts';
import { type ToolUse, toolUses } from './choose-tool.ts';
import { codeFor } from './code-sample.ts';
import { explain, list, type Part, paragraph, unknown, type Voice, verbatim } from './explain.ts';
import { answersIn, extractFrom, labelFor, materialIn, nearest, summaryOf } from './given-text.ts';
import { type Intent, intentOf } from './intent.ts';
import { jsonSchemaIn } from './json-answer.ts';
import { longText } from './long-text.ts';
import { mannerOf } from './manner.ts';
import { phrasesIn, type Ways } from './phrases.ts';
import { randomOf } from './random.ts';
import { render } from './render.ts';
import { type Material, valueFor } from './schema-value.ts';
import { labelsOf, phraseOf, type Subject, subjectOf, topicsIn } from './subject.ts';
import { type Language, labelOf } from './topic.ts';
import { translate } from './translate.ts';
import { enumerate, fill, sentencesOf, shorten } from './words.ts';

export interface Task {
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly format: ResponseFormat;
  /** Decides among ways to say the same; equal tasks have equal answers. */
  readonly variation: string;
  readonly mayCallSeveral: boolean;
  /** The client's limit, where it gave one: a long text goes on until there. */
  readonly maxTokens?: number;
}

export type Composition =
  | { readonly kind: 'text'; readonly blocks: Iterable<string> }
  | { readonly kind: 'toolCalls'; readonly calls: readonly ToolUse[] };

/** Words of a long text whose length nobody limits, and of one that is to be as long as can be. */
const LONG = 1_500;
const LONGEST = 12_000;

/**
 * The simulated model: reads the conversation, finds what the last user turn wants, what it is about and in which
 * manner to answer, and writes that from what is written here. No network, no clock, no chance but the seeded one.
 */
export function compose(task: Task): Composition {
  const scene = sceneOf(task);
  const { manner } = scene.voice;
  const isToolDone = task.turns.at(-1)?.role === 'tool' && task.toolChoice !== 'required';
  if (!isToolDone) {
    const material = (text: string): Material => ({
      ...materialOf(scene),
      text: text.slice(0, MATERIAL),
      subject: wantedIn(text.slice(0, MATERIAL), scene),
      optional: 'found',
    });
    const calls = toolUses({ ...task, asked: scene.asked }, material);
    if (calls.length > 0) return { kind: 'toolCalls', calls };
  }
  const schema =
    task.format.type === 'json_schema'
      ? task.format.schema
      : task.format.type === 'json_object' || manner.isJsonOnly
        ? jsonSchemaIn(scene.instructions, manner.language)
        : undefined;
  return { kind: 'text', blocks: schema === undefined ? render(partsOf(scene), manner) : [jsonText(schema, scene)] };
}

interface Scene {
  readonly turns: readonly Turn[];
  readonly voice: Voice;
  /** The last user turn. */
  readonly asked: string;
  /** System messages and the last user turn. */
  readonly instructions: string;
  readonly intent: Intent;
  readonly subject: Subject;
  /** What the assistant has said already. */
  readonly told: string;
  readonly maxTokens: number | undefined;
}

function sceneOf({ turns, variation, maxTokens }: Task): Scene {
  const asked = turns.findLast(({ role }) => role === 'user')?.text ?? turns.at(-1)?.text ?? '';
  const manner = mannerOf(turns, asked);
  const { language } = manner;
  const intent = intentOf(asked, { turns, language });
  const instructions = [
    ...turns.filter(({ role }) => role === 'system' || role === 'developer').map(({ text }) => text),
    asked,
  ].join('\n');
  return {
    turns,
    voice: { manner, phrases: phrasesIn(language), random: randomOf(`${variation}\n${turns.length}\n${instructions}`) },
    asked,
    instructions,
    intent,
    subject: subjectIn(turns, asked, { intent, language }),
    told: turns
      .filter(({ role }) => role === 'assistant')
      .map(({ text }) => text)
      .join('\n'),
    maxTokens,
  };
}

/** Of the request itself; a follow-up means what was spoken of last. */
function subjectIn(
  turns: readonly Turn[],
  asked: string,
  { intent, language }: { readonly intent: Intent; readonly language: Language },
): Subject {
  const own = subjectOf(asked, language);
  if (own !== undefined) return own;
  const before = turns.filter(({ role, text }) => (role === 'user' || role === 'assistant') && text !== asked);
  if (intent.kind === 'explain' && intent.isFollowUp) {
    for (const turn of before.toReversed()) {
      if (turn.role !== 'user') continue;
      const found = subjectOf(turn.text, language);
      if (found !== undefined) return found;
    }
    const last = before.findLast(({ role }) => role === 'user');
    if (last !== undefined) return { topics: [], phrases: [], phrase: phraseOf(last.text, language) };
  }
  return { topics: [], phrases: [], phrase: phraseOf(asked, language) };
}

function partsOf(scene: Scene): Iterable<Part> {
  const { voice, subject, intent } = scene;
  const { manner, phrases, random } = voice;
  const asked = manner.unavailableLanguage;
  const before = asked === undefined ? [] : [paragraph(fill(random.pick(phrases.unavailableLanguage), { asked }))];
  const results = toolResults(scene);
  if (results.length > 0) return [...before, ...results];
  const example = fewShot(scene);
  if (example !== undefined) return [verbatim(example)];
  const parts = partsFor(intent, scene);
  if (!Array.isArray(parts)) return chain(before, parts);
  const isContent = intent.kind === 'explain' || intent.kind === 'list';
  if (isContent && manner.role !== undefined && !manner.isTeaching && !manner.isBrief && subject.topics.length > 0) {
    const [first, ...rest] = parts as Part[];
    const lead = fill(random.pick(phrases.inRole), { role: manner.role });
    return [
      ...before,
      ...(first?.kind === 'paragraph'
        ? [paragraph(`${lead} ${first.text}`)]
        : [paragraph(lead), ...(first === undefined ? [] : [first])]),
      ...rest,
    ];
  }
  return [...before, ...(parts as Part[])];
}

function* chain(before: readonly Part[], parts: Iterable<Part>): Generator<Part> {
  yield* before;
  yield* parts;
}

function partsFor(intent: Intent, scene: Scene): Iterable<Part> {
  const { voice, subject, asked, told } = scene;
  const { manner, phrases, random } = voice;
  const { language } = manner;
  const say = (ways: Ways, slots: Readonly<Record<string, string | number>> = {}) => [
    paragraph(fill(random.pick(ways), slots)),
  ];
  const known = () => enumerate(labelsOf(random.shuffle(topicsIn(language)).slice(0, 4)), phrases.and);
  const label = subject.topics[0] === undefined ? subject.phrase : labelOf(subject.topics[0]);
  switch (intent.kind) {
    case 'say':
      return [verbatim(intent.text)];
    case 'greeting':
      return manner.personaName === undefined
        ? say(phrases.greeting)
        : say(phrases.greetingNamed, { name: manner.personaName });
    case 'thanks':
    case 'farewell':
    case 'howAreYou':
      return say(phrases[intent.kind]);
    case 'whoAreYou':
      return manner.personaName === undefined
        ? say(phrases.whoAreYou, { known: known() })
        : say(phrases.whoAreYouNamed, { name: manner.personaName, known: known() });
    case 'abilities':
      return say(phrases.abilities, { known: known() });
    case 'sum': {
      const { expression, value } = intent.sum;
      const shown = value === undefined ? '∞' : String(value).replace('.', language === 'pt' ? ',' : '.');
      const isBare = manner.isBrief || /\b(?:only|just|apenas|só|somente)(?!\p{L})/iu.test(asked);
      return isBare ? [verbatim(shown)] : say(phrases.sum, { expression, value: shown });
    }
    case 'summarise':
      return summary(intent, scene);
    case 'translate': {
      if (intent.material === undefined) return say(phrases.noMaterial);
      if (intent.to === undefined) return say(phrases.unavailableLanguage, { asked: intent.toName });
      return translation(intent.material, intent.to, voice);
    }
    case 'classify': {
      if (intent.material === undefined) return say(phrases.noMaterial);
      const found = labelFor(intent.material, intent.labels);
      const isBare =
        manner.isBrief ||
        /\b(?:only|just|one word|label alone|apenas|só|somente|uma palavra)(?!\p{L})/iu.test(scene.instructions);
      return isBare ? [verbatim(found)] : say(phrases.classified, { label: found });
    }
    case 'extract': {
      const found = intent.what.flatMap((kind) => extractFrom(intent.material, kind));
      return found.length === 0
        ? unknown(subject.phrase, voice)
        : [{ kind: 'verbatim', text: found.map((one) => `- ${one}`).join('\n') }];
    }
    case 'code': {
      const { isSkeleton, block } = codeFor(asked, phraseOf(asked, language), intent.language);
      const lead = random.pick(isSkeleton ? phrases.codeSkeleton : phrases.codeLead);
      return [
        ...(manner.isBrief ? [] : [paragraph(fill(lead, { subject: phraseOf(asked, language) }))]),
        verbatim(block),
      ];
    }
    case 'joke':
    case 'poem':
      return [verbatim(fill(random.pick(phrases[intent.kind]), { subject: themeOf(scene, label) }))];
    case 'letter':
      return fill(random.pick(phrases.letter), { subject: themeOf(scene, label) })
        .split('\n\n')
        .map(verbatim);
    case 'story': {
      const { companies, cities, months, roles } = phrases.long;
      const slots = {
        company: random.pick(companies),
        city: random.pick(cities),
        month: random.pick(months),
        role: random.pick(roles),
      };
      return fill(random.pick(phrases.story), { ...slots, subject: themeOf(scene, label) })
        .split('\n\n')
        .map(paragraph);
    }
    case 'long': {
      const isOpen = intent.words === undefined || intent.words === Number.POSITIVE_INFINITY;
      const unlimited = intent.words === undefined ? LONG : LONGEST;
      const words = !isOpen
        ? (intent.words ?? LONG)
        : scene.maxTokens === undefined
          ? unlimited
          : Number.POSITIVE_INFINITY;
      return longParts(
        longText({ topics: subject.topics, phrase: themeOf(scene, subject.phrase), language, words }, voice),
      );
    }
    case 'list': {
      const fromText = fromGivenText(scene);
      return fromText ?? list({ text: asked, subject, angle: 'what', told }, intent.count, voice);
    }
    case 'explain': {
      const fromText = fromGivenText(scene);
      return fromText ?? explain({ text: asked, subject, angle: intent.angle, told }, voice);
    }
    default:
      return intent satisfies never;
  }
}

function* longParts(paragraphs: Iterable<string>): Generator<Part> {
  for (const text of paragraphs) yield /^#|^\d+\. /.test(text) ? verbatim(text) : paragraph(text);
}

/** Paragraph by paragraph, then the words that stayed as they were. */
function* translation(material: string, to: Language, { phrases, random }: Voice): Generator<Part> {
  const unknownWords = new Set<string>();
  let isFirst = true;
  for (const line of material.split(/\n+/)) {
    if (line.trim() === '') continue;
    const { text, unknown: words } = translate(line.trim(), to);
    for (const word of words) unknownWords.add(word);
    yield verbatim(isFirst ? fill(random.pick(phrases.translated), { text }) : text);
    isFirst = false;
  }
  if (unknownWords.size === 0) return;
  const words = [...unknownWords].slice(0, 8).join(', ');
  yield verbatim(fill(random.pick(phrases.translatedPartly), { words }));
}

/** What a text is to be about: `a joke about rain` is about rain, not about jokes. */
function themeOf({ asked, voice }: Scene, otherwise: string): string {
  const { language } = voice.manner;
  const about =
    /\b(?:about|on|regarding|sobre|acerca d[eoa]|a respeito d[eoa])\s+(?:the\s+|an?\s+|o\s+|a\s+|os\s+|as\s+|uma?\s+)?([^,.;:!?\n]{2,80})/iu.exec(
      asked.slice(0, 1_500),
    )?.[1];
  if (about === undefined) return otherwise;
  return phraseOf(about, language);
}

function summary(
  { material, refersBack }: Extract<Intent, { kind: 'summarise' }>,
  { turns, voice, asked, told }: Scene,
): Part[] {
  const { manner, phrases, random } = voice;
  const earlier = turns
    .filter(({ role, text }) => (role === 'user' || role === 'assistant') && text !== asked)
    .map(({ text }) => text);
  const text = material ?? (refersBack ? (told === '' ? earlier : earlier).join('\n') : '');
  if (text.trim() === '') return [paragraph(random.pick(phrases.noMaterial))];
  const sentences =
    manner.mostSentences ??
    (manner.isBrief ? 1 : Math.min(5, Math.max(1, Math.ceil(sentencesOf(text.slice(0, 4_000)).length / 4))));
  const kept = summaryOf(text.slice(0, READ), { language: manner.language, sentences });
  if (manner.isBrief || manner.mostSentences !== undefined || manner.mostWords !== undefined)
    return [paragraph(kept.join(' '))];
  return manner.list === 'none'
    ? [paragraph(random.pick(phrases.summaryLead)), paragraph(kept.join(' '))]
    : [{ kind: 'list', lead: random.pick(phrases.summaryLead), items: kept }];
}

/** A question to a text that the prompt brings along, or to a system message with sources, is answered from there. */
function fromGivenText({ turns, asked, voice, subject }: Scene): Part[] | undefined {
  const { manner, phrases, random } = voice;
  const systems = turns
    .filter(({ role, text }) => role !== 'assistant' && text !== asked && text.length > 200)
    .map(({ text }) => text);
  const own = asked.length > 300 ? [asked] : [];
  const text = [...own, ...systems].join('\n');
  if (text === '') return undefined;
  const question =
    own.length === 0 ? asked : (asked.split('\n').findLast((line) => line.includes('?')) ?? asked.slice(0, 300));
  const found = answersIn(text.slice(0, READ), question, manner.language).filter(
    (sentence) => !question.includes(sentence),
  );
  if (found.length === 0) return undefined;
  if (manner.isBrief) return [paragraph(found[0] ?? '')];
  return [paragraph(`${fill(random.pick(phrases.fromTextLead), { subject: subject.phrase })} ${found.join(' ')}`)];
}

/** Examples with short answers (labels): the answer of the example that is likest. */
function fewShot({ turns, asked }: Scene): string | undefined {
  const pairs: { text: string; value: string }[] = [];
  turns.forEach((turn, at) => {
    const next = turns[at + 1];
    if (turn.role === 'user' && next?.role === 'assistant') pairs.push({ text: turn.text, value: next.text });
  });
  const isLabelling =
    pairs.length >= 2 &&
    pairs.every(
      ({ value }) => value !== '' && value.length <= 40 && value.split(/\s+/).length <= 3 && !/[.!?…]$/.test(value),
    ) &&
    new Set(pairs.map(({ value }) => value)).size > 1;
  return isLabelling ? nearest(asked, pairs, pairs[0]?.value ?? '') : undefined;
}

/** The results of the tools called last, told in a sentence each. */
function toolResults({ turns, voice: { phrases, random } }: Scene): Part[] {
  if (turns.at(-1)?.role !== 'tool') return [];
  const start = turns.findLastIndex(({ role }) => role !== 'tool');
  const calls = turns[start]?.toolCalls ?? [];
  return turns.slice(start + 1).map((turn) => {
    const tool = calls.find(({ id }) => id === turn.toolCallId)?.name ?? turn.name ?? 'the tool';
    const result = readable(turn.text).replace(/[.\s]+$/, '');
    return paragraph(fill(random.pick(phrases.toolResult), { tool, result: result === '' ? '–' : result }));
  });
}

/** JSON as `key: value, key: value`; other text as it is. */
function readable(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return shorten(text, 4_000); // a tool may answer with plain text
  }
  return shorten(told(value), 4_000);
}

function told(value: unknown): string {
  if (Array.isArray(value)) return value.map(told).join('; ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${key.replaceAll('_', ' ')}: ${told(one)}`)
    .join(', ');
}

/** `search for hiking boots` looks for hiking boots. */
function wantedIn(text: string, { voice }: Scene): string {
  const wanted = /\b(?:for|about|on|sobre|por)\s+([^,.;!?\n]{2,120})/iu.exec(text)?.[1];
  return phraseOf(wanted ?? text, voice.manner.language);
}

function materialOf(scene: Scene): Material {
  const sentences = sentencesOfAnswer(scene);
  // The answer takes the first two; what follows goes to other properties.
  let at = ANSWER_SENTENCES;
  return {
    text: scene.asked,
    subject: scene.subject.phrase,
    random: scene.voice.random,
    nextSentence: () => {
      const sentence = sentences()[at % Math.max(1, sentences().length)] ?? scene.subject.phrase;
      at += 1;
      return sentence;
    },
    answer: () => sentences().slice(0, ANSWER_SENTENCES).join(' ') || scene.subject.phrase,
    optional: 'all',
  };
}

/** The answer that a plain text would have been, made when the first sentence is needed. */
function sentencesOfAnswer(scene: Scene): () => readonly string[] {
  let made: readonly string[] | undefined;
  return () => {
    made ??= answerSentences(scene);
    return made;
  };
}

/** Characters of a text that are read for a summary or an answer. */
const READ = 200_000;
/** Characters of a request that values are taken from. */
const MATERIAL = 20_000;
const SENTENCES = 60;
const ANSWER_SENTENCES = 2;

function answerSentences(scene: Scene): readonly string[] {
  const { intent, subject, voice } = scene;
  const [topic] = subject.topics;
  // Without the leads that hold a text together.
  if (
    topic !== undefined &&
    (intent.kind === 'explain' || intent.kind === 'list') &&
    fromGivenText(scene) === undefined
  ) {
    return [topic.definition, ...voice.random.shuffle(topic.facts), ...sentencesOf(topic.example)];
  }
  const sentences: string[] = [];
  for (const part of partsOf(scene)) {
    if (part.kind === 'list') sentences.push(...part.items);
    else sentences.push(...sentencesOf(part.text));
    if (sentences.length >= SENTENCES) break;
  }
  const meant = sentences.filter((sentence) => !sentence.endsWith(':') && !/^#/.test(sentence));
  return meant.length > 0 ? meant : sentences;
}

function jsonText(schema: JsonObject, scene: Scene): string {
  const results =
    scene.turns.at(-1)?.role === 'tool'
      ? scene.turns.filter(({ role }) => role === 'tool').map(({ text }) => text)
      : [];
  const text = [materialIn(scene.asked) ?? scene.asked, ...results].join('\n');
  return JSON.stringify(valueFor(schema, { ...materialOf(scene), text: text.slice(0, MATERIAL) }));
}
