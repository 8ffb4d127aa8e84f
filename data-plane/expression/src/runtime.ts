import { type ExpressionBudget, type ExpressionContext, ExpressionError } from './csharp.ts';
import type { V } from './value/values.ts';

/** Ends an expression; C#'s `catch` does not see it. */
export class BudgetExceeded extends ExpressionError {
  constructor(what: string) {
    super('Vigia.BudgetExceeded', `The expression was stopped: it used more than its budget of ${what}.`);
  }
}

/** Who pays for what is made where no runtime is at hand: the nodes of trees. Evaluation is synchronous, so there is one at most. */
let payer: Runtime | undefined;
export const pay = (size: number): void => payer?.charge(size);
export function payingFor<R>(runtime: Runtime, run: () => R): R {
  const before = payer;
  payer = runtime;
  try {
    return run();
  } finally {
    payer = before;
  }
}

/** The state of one evaluation. */
export class Runtime {
  readonly context: ExpressionContext;
  /** The variables of the function that runs; those that a lambda captures are `Cell`s. */
  frame: V[];
  returned: V = null;
  readonly #budget: ExpressionBudget;
  #deadline = 0;
  #steps: number;
  #memory: number;
  constructor(context: ExpressionContext, slots: number, budget: ExpressionBudget) {
    this.context = context;
    this.frame = new Array(slots).fill(null);
    this.#budget = budget;
    this.#steps = budget.steps;
    this.#memory = budget.memory;
  }
  step(): void {
    if (--this.#steps < 0) throw new BudgetExceeded('steps');
    if ((this.#steps & 255) === 0) this.#checkTime();
  }
  /** Many steps of a loop inside of one member. */
  steps(count: number): void {
    const before = this.#steps;
    this.#steps -= count;
    if (this.#steps < 0) throw new BudgetExceeded('steps');
    if (before >> 8 !== this.#steps >> 8) this.#checkTime();
  }
  /** Before or right after something of that size is made: characters, bytes, elements. */
  charge(size: number): void {
    if (size > 0) this.#memory -= size;
    if (this.#memory < 0) throw new BudgetExceeded('memory');
  }
  #checkTime(): void {
    const now = performance.now();
    // The clock starts at the first check: short expressions never read it.
    if (this.#deadline === 0) this.#deadline = now + this.#budget.time;
    else if (now > this.#deadline) throw new BudgetExceeded('time');
  }
}

/** The moment of the context's clock. */
export const nowOf = ({ context }: Runtime): Date => (context.now ? new Date(context.now()) : new Date());

/** A variable that a lambda shares with the code around it. */
export interface Cell {
  v: V;
}
