import { englishPhrases } from './phrases-en.ts';
import { portuguesePhrases } from './phrases-pt.ts';
import type { Language } from './topic.ts';

/** Ways to say the same; `{name}` is a slot (`fill` in words.ts). */
export type Ways = readonly [string, ...string[]];

/** Everything that the engine says in one language beside what it knows of topics. */
export interface Phrases {
  readonly and: string;
  readonly yes: string;
  readonly no: string;
  /** {name} */
  readonly greeting: Ways;
  readonly greetingNamed: Ways;
  readonly thanks: Ways;
  readonly farewell: Ways;
  readonly howAreYou: Ways;
  /** {known} */
  readonly whoAreYou: Ways;
  /** {name}, {known} */
  readonly whoAreYouNamed: Ways;
  readonly abilities: Ways;
  /** Before a definition that does not word the subject as the prompt did. {subject} */
  readonly about: Ways;
  readonly formalAbout: Ways;
  readonly formalEnd: Ways;
  /** {role} */
  readonly inRole: Ways;
  /** {subject} */
  readonly factsLead: Ways;
  readonly whyLead: Ways;
  readonly howLead: Ways;
  readonly exampleLead: Ways;
  readonly moreLead: Ways;
  readonly simplerLead: Ways;
  /** {subject}; {others} are topics */
  readonly goOn: Ways;
  /** {subject}, {count} */
  readonly listLead: Ways;
  /** {one}, {other} */
  readonly compareLead: Ways;
  readonly compareEnd: Ways;
  readonly teach: {
    readonly opening: Ways;
    readonly definition: Ways;
    readonly example: Ways;
    readonly points: Ways;
    readonly question: Ways;
    /** For a subject that is not known. {subject} */
    readonly openQuestion: Ways;
  };
  /** {subject}, {known} */
  readonly unknown: Ways;
  readonly unknownBrief: Ways;
  readonly unknownAdvice: Ways;
  readonly unavailableLanguage: Ways;
  readonly noMaterial: Ways;
  readonly summaryLead: Ways;
  readonly fromTextLead: Ways;
  readonly classified: Ways;
  /** {expression}, {value} */
  readonly sum: Ways;
  readonly translated: Ways;
  readonly translatedPartly: Ways;
  readonly codeLead: Ways;
  readonly codeSkeleton: Ways;
  /** {subject} */
  readonly joke: Ways;
  readonly poem: Ways;
  readonly story: Ways;
  readonly letter: Ways;
  /** {tool}, {result} */
  readonly toolResult: Ways;
  readonly long: LongPhrases;
}

/** What long texts are built of. Slots: {topic} {other} {company} {role} {city} {month} {count} {share} {fact} {example} {title}. */
export interface LongPhrases {
  /** {topic} */
  readonly title: Ways;
  readonly opening: Ways;
  /** Headings of chapters, by angle. */
  readonly chapters: {
    readonly basics: Ways;
    readonly caseStudy: Ways;
    readonly comparison: Ways;
    readonly questions: Ways;
    readonly numbers: Ways;
    readonly dialogue: Ways;
  };
  /** Before a fact, after it. */
  readonly factIn: Ways;
  readonly factOut: Ways;
  readonly scene: Ways;
  readonly turn: Ways;
  readonly outcome: Ways;
  readonly contrast: Ways;
  readonly ask: Ways;
  readonly reply: Ways;
  readonly figures: Ways;
  readonly speech: Ways;
  readonly bridge: Ways;
  readonly closing: Ways;
  readonly companies: Ways;
  readonly roles: Ways;
  readonly cities: Ways;
  readonly months: Ways;
  /** A frame for a subject that is not known: sentences that hold for any subject. {topic} */
  readonly unknownDefinition: Ways;
  readonly unknownFacts: Ways;
  readonly unknownExample: Ways;
  readonly unknownQuestion: Ways;
}

const byLanguage: Readonly<Record<Language, Phrases>> = { en: englishPhrases, pt: portuguesePhrases };
export const phrasesIn = (language: Language): Phrases => byLanguage[language];
