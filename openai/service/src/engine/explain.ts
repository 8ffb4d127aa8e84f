import type { Angle } from './intent.ts';
import type { Manner } from './manner.ts';
import type { Phrases } from './phrases.ts';
import type { Random } from './random.ts';
import { labelsOf, readingOrder, type Subject, topicsIn } from './subject.ts';
import { labelOf, type Topic } from './topic.ts';
import { enumerate, fill, stemsOf, upperFirst } from './words.ts';

/** A piece of an answer, before the manner decides how it is written down. */
export type Part =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly lead: string; readonly items: readonly string[]; readonly isNumbered?: boolean }
  /** Written as it is: code, a poem, a word that was asked for. */
  | { readonly kind: 'verbatim'; readonly text: string };

export const paragraph = (text: string): Part => ({ kind: 'paragraph', text });
export const verbatim = (text: string): Part => ({ kind: 'verbatim', text });

export interface Voice {
  readonly manner: Manner;
  readonly phrases: Phrases;
  readonly random: Random;
}

export interface Question {
  readonly text: string;
  readonly subject: Subject;
  readonly angle: Angle;
  /** What the conversation has already said; not said again where something else is left. */
  readonly told: string;
}

/** An answer about a topic that is known. */
export function explain(question: Question, voice: Voice): Part[] {
  const { manner, phrases, random } = voice;
  const [topic, second] = question.subject.topics;
  if (topic === undefined) return unknown(question.subject.phrase, voice);
  const subject = question.subject.phrase;
  const slots = { subject };
  const facts = rankedFacts(topic, question, random);
  if (question.angle === 'compare' && second !== undefined) return compare([topic, second], question, voice);
  const definition = withSubject(topic.definition, subject, voice);
  if (manner.isTeaching) return teach({ topic, definition, facts }, question, voice);
  if (manner.isBrief) {
    const [fact = topic.definition] = facts;
    return [paragraph(question.angle === 'what' ? definition : withSubject(fact, subject, voice))];
  }
  const example = paragraph(`${random.pick(phrases.exampleLead)} ${topic.example}`);
  const goOn = paragraph(
    fill(random.pick(phrases.goOn), {
      subject,
      others: enumerate(labelsOf(readingOrder([topic], manner.language).slice(1, 4)), phrases.and),
    }),
  );
  const end = manner.isFormal ? paragraph(random.pick(phrases.formalEnd)) : goOn;
  switch (question.angle) {
    case 'why':
      return [...prose(facts.slice(0, 4), random, fill(random.pick(phrases.whyLead), slots)), example, end];
    case 'how':
      return [
        paragraph(definition),
        { kind: 'list', lead: fill(random.pick(phrases.howLead), slots), items: facts.slice(0, 5), isNumbered: true },
        example,
        end,
      ];
    case 'example':
      return [
        paragraph(withSubject(`${random.pick(phrases.exampleLead)} ${topic.example}`, subject, voice)),
        ...prose(facts.slice(0, 2), random),
        end,
      ];
    case 'more':
      return [
        ...prose(facts.slice(0, 4), random, fill(random.pick(phrases.moreLead), slots)),
        ...(question.told.includes(topic.example) ? [] : [example]),
        end,
      ];
    case 'simpler':
      return [
        paragraph(`${fill(random.pick(phrases.simplerLead), slots)} ${topic.example}`),
        paragraph(topic.definition),
      ];
    case 'what':
    case 'compare':
      return [
        paragraph(definition),
        ...(random.next() < 0.5
          ? prose(facts.slice(0, 4), random, random.pick(phrases.factsLead))
          : [{ kind: 'list' as const, lead: random.pick(phrases.factsLead), items: facts.slice(0, 5) }]),
        example,
        end,
      ];
    default:
      return question.angle satisfies never;
  }
}

/** As many points as were asked for: of the topic, then of those next to it. */
export function list(question: Question, count: number, voice: Voice): Part[] {
  const { phrases, random, manner } = voice;
  const { told, subject } = question;
  const { topics, phrase } = subject;
  const [topic] = topics;
  if (topic === undefined) return unknown(phrase, voice);
  // In the order in which they were written: it may be a ranking.
  const items = topic.facts.filter((fact) => !told.includes(fact)).slice(0, count);
  for (const next of readingOrder(topics, manner.language).slice(1)) {
    for (const fact of next.facts) if (items.length < count && !told.includes(fact)) items.push(fact);
  }
  if (items.length === 0) items.push(...topic.facts.slice(0, count));
  const lead = fill(random.pick(phrases.listLead), { subject: phrase, count: items.length });
  const next = readingOrder([topic], manner.language).slice(1, 4);
  const end = fill(random.pick(phrases.goOn), { subject: phrase, others: enumerate(labelsOf(next), phrases.and) });
  return [
    { kind: 'list', lead, items, isNumbered: true },
    ...(manner.isTeaching || manner.isBrief ? [] : [paragraph(end)]),
    ...(manner.isTeaching ? [paragraph(fill(random.pick(phrases.teach.question), { text: topic.question }))] : []),
  ];
}

/** Says so, says what is known, and what would help. */
export function unknown(subject: string, { manner, phrases, random }: Voice): Part[] {
  const known = enumerate(labelsOf(random.shuffle(topicsIn(manner.language)).slice(0, 4)), phrases.and);
  const slots = { subject, known };
  if (manner.isBrief) return [paragraph(fill(random.pick(phrases.unknownBrief), slots))];
  const what = paragraph(fill(random.pick(phrases.unknown), slots));
  const advice = paragraph(fill(random.pick(phrases.unknownAdvice), slots));
  if (!manner.isTeaching) return [what, advice];
  const question = fill(random.pick(phrases.teach.openQuestion), slots);
  return [
    paragraph(random.pick(phrases.teach.opening)),
    what,
    advice,
    paragraph(fill(random.pick(phrases.teach.question), { text: question })),
  ];
}

function teach(
  { topic, definition, facts }: { topic: Topic; definition: string; facts: readonly string[] },
  { angle, subject }: Question,
  { phrases: { teach, whyLead, moreLead }, random }: Voice,
): Part[] {
  const example = paragraph(fill(random.pick(teach.example), { text: topic.example }));
  const points: Part = { kind: 'list', lead: random.pick(teach.points), items: facts.slice(0, 3) };
  const question = paragraph(fill(random.pick(teach.question), { text: topic.question }));
  const slots = { subject: subject.phrase };
  if (angle === 'why' || angle === 'more') {
    const lead = fill(random.pick(angle === 'why' ? whyLead : moreLead), slots);
    return [
      paragraph(`${lead} ${facts[0] ?? topic.definition}`),
      example,
      { ...points, items: facts.slice(1, 4) },
      question,
    ];
  }
  const defined = paragraph(fill(random.pick(teach.definition), { text: definition }));
  const opening = paragraph(random.pick(teach.opening));
  return angle === 'example'
    ? [opening, example, defined, points, question]
    : [opening, defined, example, points, question];
}

function compare([one, other]: readonly [Topic, Topic], question: Question, voice: Voice): Part[] {
  const { manner, phrases, random } = voice;
  const [first = labelOf(one), second = labelOf(other)] = question.subject.phrases;
  const slots = { one: first, other: second };
  const lead = paragraph(fill(random.pick(phrases.compareLead), slots));
  const about = (topic: Topic) =>
    paragraph(`${topic.definition} ${rankedFacts(topic, question, random)[0] ?? topic.example}`);
  const definitions = manner.isBrief
    ? [paragraph(one.definition), paragraph(other.definition)]
    : [about(one), about(other)];
  const end = paragraph(fill(random.pick(phrases.compareEnd), slots));
  if (!manner.isTeaching) return [lead, ...definitions, end];
  const asked = fill(random.pick(phrases.teach.question), { text: random.pick([one.question, other.question]) });
  return [
    lead,
    ...definitions,
    paragraph(fill(random.pick(phrases.teach.example), { text: one.example })),
    paragraph(asked),
  ];
}

/** Facts that share words with the question first, those that were already told last, the rest by chance. */
function rankedFacts(topic: Topic, { text, told, subject }: Question, random: Random): string[] {
  const language = topicsIn('pt').includes(topic) ? 'pt' : 'en';
  const asked = stemsOf(text.slice(0, 2_000), language);
  const own = stemsOf([topic.title, ...topic.names].join(' '), language);
  const phrase = subject.phrase.toLowerCase();
  const isTitle = topic.title.toLowerCase().includes(phrase);
  const weight = (fact: string) => {
    let shared = 0;
    for (const stem of stemsOf(fact, language)) if (asked.has(stem) && !own.has(stem)) shared += 1;
    // The subject may be one part of the topic, as streaming is of sampling.
    if (!isTitle && fact.toLowerCase().includes(phrase)) shared += 2;
    return told.includes(fact) ? shared - 100 : shared;
  };
  return random
    .shuffle(topic.facts)
    .map((fact) => ({ fact, weight: weight(fact) }))
    .sort((one, another) => another.weight - one.weight)
    .map(({ fact }) => fact);
}

/** The sentence, with the prompt's own word for the subject before it where it has another one. */
function withSubject(text: string, subject: string, { manner, phrases, random }: Voice): string {
  const isThere = text.toLowerCase().includes(subject.toLowerCase());
  // A lead of its own would use up a limit on sentences.
  if (manner.isBrief || manner.mostSentences !== undefined || manner.mostWords !== undefined) {
    return isThere ? text : `${upperFirst(subject)}: ${text}`;
  }
  if (manner.isFormal) return `${fill(random.pick(phrases.formalAbout), { subject })} ${text}`;
  return isThere ? text : `${fill(random.pick(phrases.about), { subject })} ${text}`;
}

/** Sentences as one or two paragraphs. */
function prose(facts: readonly string[], random: Random, lead?: string): Part[] {
  const sentences = lead === undefined ? facts : [lead, ...facts];
  const cut = sentences.length > 3 ? sentences.length - 1 - Math.floor(random.next() * 2) : sentences.length;
  return [sentences.slice(0, cut), sentences.slice(cut)]
    .filter((part) => part.length > 0)
    .map((part) => paragraph(part.join(' ')));
}
