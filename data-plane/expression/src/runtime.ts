import { type ExpressionBudget, type ExpressionContext, ExpressionError } from './csharp.ts';
import type { V } from './values.ts';

/** Ends an expression; C#'s `catch` does not see it. */
export class BudgetExceeded extends ExpressionError {
  constructor(what: string) {
    super('Vigia.BudgetExceeded', `The expression was stopped: it used more than its budget of ${what}.`);
  }
}

/** The state of one evaluation. */
export class Runtime {
  readonly context: ExpressionContext;
  readonly slots: V[];
  readonly deadline: number;
  returned: V = null;
  #steps: number;
  #memory: number;
  constructor(context: ExpressionContext, slots: number, budget: ExpressionBudget) {
    this.context = context;
    this.slots = new Array(slots).fill(null);
    this.deadline = performance.now() + budget.time;
    this.#steps = budget.steps;
    this.#memory = budget.memory;
  }
  step(): void {
    if (--this.#steps < 0) throw new BudgetExceeded('steps');
    if ((this.#steps & 255) === 0 && performance.now() > this.deadline) throw new BudgetExceeded('time');
  }
  /** Before or right after something of that size is made. */
  charge(size: number): void {
    this.#memory -= Math.max(0, size);
    if (this.#memory < 0) throw new BudgetExceeded('memory');
  }
}
