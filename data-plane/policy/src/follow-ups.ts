import type { PolicyContext } from './context.ts';

type FollowUp = (context: PolicyContext) => void | Promise<void>;
/** The policy that it is of: errors are told with its place. */
interface Owner {
  readonly locate: (error: unknown) => unknown;
}
interface Owned {
  readonly run: FollowUp;
  readonly owner: Owner;
}

/**
 * What the policies of one request still do when their step is over: see the backend's answer before outbound does, add
 * to the answer before it leaves, finish while it is on its way. Whoever runs the request makes one and awaits `settled`
 * before the request's record is written.
 */
export class FollowUps {
  readonly #afterBackend: Owned[] = [];
  readonly #beforeAnswer: Owned[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];

  /** Run in order when the backend's section is over, before outbound. An error is the request's. */
  onBackendAnswer(owner: Owner, run: FollowUp): void {
    this.#afterBackend.push({ run, owner });
  }

  /** Run in order on whatever answer leaves, also on one of an error. */
  onAnswer(owner: Owner, run: FollowUp): void {
    this.#beforeAnswer.push({ run, owner });
  }

  /** Work that ends with the answer's body (counting a stream's tokens). */
  keep(work: Promise<void>): void {
    const kept = work
      .catch((error: unknown) => {
        this.#failures.push(error);
      })
      .finally(() => this.#running.delete(kept));
    this.#running.add(kept);
  }

  async afterBackend(context: PolicyContext): Promise<void> {
    for (const { run, owner } of this.#afterBackend) {
      try {
        await run(context);
      } catch (error) {
        throw owner.locate(error);
      }
    }
  }

  /** Resolves with the errors: an answer that is ready is not lost for one. */
  async beforeAnswer(context: PolicyContext): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (const { run, owner } of this.#beforeAnswer) {
      try {
        await run(context);
      } catch (error) {
        errors.push(owner.locate(error));
      }
    }
    return errors;
  }

  /** Resolves when all kept work is over, with what failed of it. */
  async settled(): Promise<readonly unknown[]> {
    while (this.#running.size > 0) await Promise.all(this.#running);
    return this.#failures;
  }
}
