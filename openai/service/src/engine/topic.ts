/** One subject of the written knowledge, in one language. All texts are complete sentences. */
export interface Topic {
  readonly id: string;
  /** As a heading shows it. */
  readonly title: string;
  /** The title is a name and keeps its capital inside a sentence. */
  readonly isName?: boolean;
  /** Words and phrases, in lower case, by which a prompt may mean it. */
  readonly names: readonly string[];
  readonly definition: string;
  readonly facts: readonly string[];
  readonly example: string;
  /** A question for a learner. */
  readonly question: string;
  /** Ids of topics to go on with. */
  readonly related: readonly string[];
}

export type Language = 'en' | 'pt';

/** The title as it stands inside a sentence. */
export const labelOf = ({ title, isName }: Topic) =>
  isName === true || /^\p{Lu}{2}/u.test(title) ? title : title.slice(0, 1).toLowerCase() + title.slice(1);
