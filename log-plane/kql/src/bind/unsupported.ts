import type { Diagnostic } from '@vigia/contract';

/** Ends the binding of a query that Vigia does not run. Caught at the compiler's entry only. */
export class UnsupportedFeature extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message);
    this.diagnostic = diagnostic;
  }
}
