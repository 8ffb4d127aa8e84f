/** A user's mistake in a text that Vigia compiles (KQL, policy XML, C#, OpenAPI, settings). */
export interface Diagnostic {
  /** Stable code: `KS142`, `policy.unknownPolicy`, `csharp.syntax` … */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** What was expected, what was found. Complete sentence, no blame. */
  readonly message: string;
  /** UTF-16 offset into the text; 0-based. */
  readonly start: number;
  readonly length: number;
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
  /** The next step, where it is known. */
  readonly hint?: string;
  /** The element, operator or function that the message is about. */
  readonly subject?: string;
}
