import type { PolicyScope, SectionName } from '../compiler-types.ts';
import type { LastError, PolicyContext, PolicyTrace } from '../context.ts';
import type { Outcome } from '../definition.ts';

/** Where a policy stands. */
export interface PolicyPlace {
  readonly policy: string;
  readonly scope: PolicyScope;
  readonly section: SectionName;
  /** `choose[1]/when[2]/set-header[1]`: within its section of its document. */
  readonly path: string;
  /** Its attribute `id`. */
  readonly policyId?: string;
  /** Both 1-based; in the text of the fragment, where it stands in one. */
  readonly line: number;
  readonly column: number;
  /** Id of the fragment that it stands in. */
  readonly fragment?: string;
}

/** How a policy ended: nothing (the next one runs), what its step said, or its error. */
export interface PolicyEnd {
  readonly outcome?: Exclude<Outcome, undefined>;
  readonly error?: LastError;
}

/** Watches the policies of one request. The pipeline asks for it at every policy, and does nothing more without one. */
export interface PolicyTracer {
  /** Called before a policy runs; what it gives back is called once, when the policy is over. */
  enter(place: PolicyPlace, context: PolicyContext): (end: PolicyEnd) => void;
  /** A message of `trace`, of an expression's `context.Trace`, or of the gateway. Whoever runs the request passes it on. */
  message(entry: PolicyTrace): void;
}
