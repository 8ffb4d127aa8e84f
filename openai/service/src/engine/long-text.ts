import type { Phrases, Ways } from './phrases.ts';
import type { Random } from './random.ts';
import { readingOrder } from './subject.ts';
import { type Language, labelOf, type Topic } from './topic.ts';
import { fill, upperFirst } from './words.ts';

export interface LongText {
  readonly topics: readonly Topic[];
  /** As the prompt words the subject. */
  readonly phrase: string;
  readonly language: Language;
  /** Ends with the paragraph in which it is reached; Infinity: whoever reads decides. */
  readonly words: number;
}

/**
 * Paragraphs of a text without an end, one at a time and from nothing but the random numbers: chapters go from topic
 * to topic and change their angle, and each sentence frame is filled anew, so that no paragraph comes twice.
 */
export function* longText(
  { topics, phrase, language, words }: LongText,
  { phrases, random }: { readonly phrases: Phrases; readonly random: Random },
): Generator<string> {
  const { long } = phrases;
  const own = topics.length > 0 ? topics : [unknownTopic(phrase, long)];
  const order = topics.length > 0 ? readingOrder(topics, language) : own;
  const [main = unknownTopic(phrase, long)] = order;
  const subject = topics.length > 0 && main.names.includes(phrase.toLowerCase()) ? phrase : labelOf(main);
  const seen = new Set<string>();
  const shuffled = new Map<string, string[]>();
  let left = words;

  /** A frame that did not come for a while: the whole list is used before it starts again in another order. */
  const frame = (ways: Ways): string => {
    const key = ways[0];
    let rest = shuffled.get(key);
    if (rest === undefined || rest.length === 0) {
      rest = random.shuffle(ways);
      shuffled.set(key, rest);
    }
    return rest.pop() ?? key;
  };
  const say = (ways: Ways, topic: Topic, other: Topic): string =>
    upperFirst(
      fill(frame(ways), {
        topic: topic === main ? subject : labelOf(topic),
        title: labelOf(topic),
        other: labelOf(other),
        company: random.pick(long.companies),
        role: random.pick(long.roles),
        city: random.pick(long.cities),
        month: random.pick(long.months),
        count: 3 + Math.floor(random.next() * 900),
        share: 4 + Math.floor(random.next() * 90),
      }),
    );
  /** True: write it. What came before is told by a hash, so that memory stays small. */
  const isNew = (paragraph: string): boolean => {
    const known = seen.size;
    seen.add(hashOf(paragraph));
    return seen.size > known;
  };

  const angles: Readonly<Record<keyof typeof long.chapters, (topic: Topic, other: Topic) => string[]>> = {
    basics: (topic, other) => [
      topic.definition,
      ...someOf(topic.facts, 3, random).map(
        (fact) => `${say(long.factIn, topic, other)} ${fact} ${say(long.factOut, topic, other)}`,
      ),
      topic.example,
      say(long.bridge, topic, other),
    ],
    caseStudy: (topic, other) => [
      `${say(long.scene, topic, other)} ${say(long.turn, topic, other)}`,
      ...someOf(topic.facts, 2, random).map(
        (fact) => `${say(long.factIn, topic, other)} ${fact} ${say(long.outcome, topic, other)}`,
      ),
      `${say(long.outcome, topic, other)} ${say(long.bridge, topic, other)}`,
    ],
    comparison: (topic, other) => [
      `${say(long.contrast, topic, other)} ${say(long.contrast, topic, other)}`,
      ...someOf(topic.facts, 2, random).map((fact, at) => {
        const counter = other.facts[(at + Math.floor(random.next() * other.facts.length)) % other.facts.length] ?? '';
        return `${fact} ${counter} ${say(long.factOut, topic, other)}`;
      }),
      `${say(long.contrast, topic, other)} ${say(long.figures, topic, other)}`,
    ],
    questions: (topic, other) => [
      ...someOf(topic.facts, 3, random).map(
        (fact) =>
          `**${say(long.ask, topic, other)}** ${say(long.reply, topic, other)} ${fact} ${say(long.factOut, topic, other)}`,
      ),
      `**${topic.question}** ${say(long.reply, topic, other)} ${random.pick(nonEmpty(other.facts, other.definition))}`,
    ],
    numbers: (topic, other) => [
      `${say(long.figures, topic, other)} ${say(long.figures, topic, other)} ${say(long.outcome, topic, other)}`,
      [1, 2, 3].map((at) => `${at}. ${say(long.figures, topic, other)}`).join('\n'),
      `${say(long.factIn, topic, other)} ${random.pick(nonEmpty(topic.facts, topic.definition))} ${say(long.turn, topic, other)}`,
    ],
    dialogue: (topic, other) => [
      `${say(long.scene, topic, other)} ${say(long.speech, topic, other)}`,
      ...someOf(topic.facts, 3, random).map(
        (fact) => `${say(long.speech, topic, other)} ${say(long.reply, topic, other)} ${fact}`,
      ),
      `${say(long.turn, topic, other)} ${say(long.speech, topic, other)}`,
    ],
  };
  const all = Object.keys(angles) as (keyof typeof angles)[];
  // With one topic alone there is nothing to compare it with.
  const angleNames = order.length > 1 ? all : all.filter((name) => name !== 'comparison');

  function* chapters(): Generator<string> {
    yield fill(random.pick(long.title), { topic: subject });
    yield fill(random.pick(long.opening), { topic: subject });
    for (let chapter = 0; ; chapter += 1) {
      // Each round looks at every topic from another angle; neighbours are compared as they come.
      const topic = order[chapter % order.length] ?? main;
      const round = Math.floor(chapter / order.length);
      const name = angleNames[(round + chapter) % angleNames.length] ?? 'basics';
      const other = order[(chapter + 1 + (round % Math.max(1, order.length - 1))) % order.length] ?? main;
      yield `## ${chapter + 1}. ${say(long.chapters[name], topic, other)}`;
      yield* angles[name](topic, other);
    }
  }

  for (const paragraph of chapters()) {
    if (!isNew(paragraph)) continue;
    yield paragraph;
    left -= countWords(paragraph);
    if (left <= 0) break;
  }
  yield fill(random.pick(long.closing), { topic: subject });
}

/** Sentences that hold for any subject, as a topic of their own. */
function unknownTopic(phrase: string, long: Phrases['long']): Topic {
  const of = (text: string) => fill(text, { topic: phrase });
  return {
    id: '',
    title: phrase,
    isName: true,
    names: [],
    definition: of(long.unknownDefinition[0]),
    facts: long.unknownFacts.map(of),
    example: of(long.unknownExample[0]),
    question: of(long.unknownQuestion[0]),
    related: [],
  };
}

const someOf = <T>(items: readonly T[], count: number, random: Random): T[] => random.shuffle(items).slice(0, count);
const nonEmpty = (items: readonly string[], otherwise: string): readonly [string, ...string[]] => {
  const [first, ...rest] = items;
  return first === undefined ? [otherwise] : [first, ...rest];
};

function countWords(text: string): number {
  let count = 1;
  for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) count += 1;
  return count;
}

/** 64 bits from two 32-bit hashes, as text. */
function hashOf(text: string): string {
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x85ebca6b) + 0x27d4eb2f;
  }
  return `${one >>> 0}:${other >>> 0}`;
}
