/** One subject of the written knowledge, in one language. All texts are complete sentences. */
export interface Topic {
  readonly id: string;
  /** As a heading shows it. */
  readonly title: string;
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
