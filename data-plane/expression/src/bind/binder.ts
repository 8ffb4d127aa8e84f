import type { ExpressionDiagnostic } from '../csharp.ts';
import type { Cell, Runtime } from '../runtime.ts';
import type { Expression, Span } from '../syntax/tree.ts';
import type { Type } from '../type/types.ts';
import type { V } from '../value/values.ts';
import { type Bound, Mistake, type Run } from './bound.ts';
import { namesOfNested } from './captured-names.ts';

export interface Local {
  readonly name: string;
  readonly type: Type;
  readonly slot: number;
  /** Shared with a lambda: the slot holds a Cell. */
  readonly isCell: boolean;
  /** Of `const`. */
  readonly constant?: V;
  /** Of a local function: values for arguments that are not given. */
  readonly fallbacks?: readonly (Bound | undefined)[];
  /** Declared without a value; turns true at the first assignment in the text. */
  isAssigned: boolean;
  /** Of foreach: cannot be assigned to. */
  readonly isReadOnly?: boolean;
}
interface Scope {
  readonly locals: Map<string, Local>;
  /** Slots that get a new Cell whenever the scope is entered. */
  readonly cells: number[];
  /** Names that scopes inside of it have declared. */
  readonly inner: Set<string>;
}
export interface ReturnEntry {
  readonly bound: Bound;
  readonly node: Span;
  /** Set once the type of the result is known. */
  run: Run;
}
/** What one function's frame holds: the expression itself, each lambda, each local function. */
export class FunctionScope {
  readonly parent: FunctionScope | undefined;
  readonly scopes: Scope[] = [];
  readonly returns: ReturnEntry[] = [];
  /** Cells of the function around it, copied into this one's frame when a delegate is made. */
  readonly captures: { readonly from: number; readonly to: number }[] = [];
  readonly captured = new Map<Local, Local>();
  readonly lambdas = new Map<string, unknown>();
  /** The loops and switches around what is being bound, and the labels that can be seen. */
  readonly around: ('loop' | 'switch')[] = [];
  readonly labels: ReadonlySet<string>[] = [];
  readonly sharedNames: ReadonlySet<string>;
  /** Type that `return` converts to, where it is known beforehand. */
  readonly result: Type | undefined;
  size = 0;
  constructor(parent: FunctionScope | undefined, body: unknown, result?: Type) {
    this.parent = parent;
    this.sharedNames = namesOfNested(body);
    this.result = result;
  }
  slot(): number {
    return this.size++;
  }
}

/** State of one binding. The functions that bind stand in the files beside this one, by what they bind. */
export class Binder {
  readonly diagnostics: ExpressionDiagnostic[] = [];
  readonly needs = { requestBody: false, responseBody: false };
  /** What `context.Response` and `….Body` of a response were seen. */
  readonly seen = { contextResponse: false, responseBody: false };
  fn: FunctionScope;
  overflow: 'default' | 'checked' | 'unchecked' = 'default';
  /** What stands left of `?.`, innermost last. */
  readonly receivers: Bound[] = [];
  /** Slots of the exceptions that `throw;` throws again. */
  readonly caught: number[] = [];
  /** While an overload is tried, mistakes are thrown on, not noted. */
  speculation = 0;
  #bindings = 0;

  constructor(body: unknown) {
    this.fn = new FunctionScope(undefined, body);
  }

  fail(node: Span, code: string, message: string, subject?: string): never {
    throw new Mistake({
      code: `csharp.${code}`,
      message,
      start: Math.max(0, node.start),
      length: Math.max(1, node.end - node.start),
      ...(subject === undefined ? {} : { subject }),
    });
  }
  unsupported(node: Span, what: string): never {
    return this.fail(node, 'unsupported', `${what} is not supported in expressions.`, what);
  }
  /** Runs a part of the binding; a mistake in it is noted and the rest goes on. */
  guard<R>(bind: () => R, otherwise: R): R {
    try {
      return bind();
    } catch (error) {
      if (!(error instanceof Mistake) || this.speculation > 0) throw error;
      this.diagnostics.push(error.diagnostic);
      return otherwise;
    }
  }
  /** Undefined where it is a mistake. */
  attempt<R>(bind: () => R): R | undefined {
    this.speculation++;
    try {
      return bind();
    } catch (error) {
      if (error instanceof Mistake) return undefined;
      throw error;
    } finally {
      this.speculation--;
    }
  }
  /** Bounds the work of binding: overloads and lambdas multiply. */
  count(node: Expression): void {
    if (++this.#bindings > 50_000) this.fail(node, 'unsupported', 'The expression is too complicated to be compiled.');
  }

  // ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────
  scoped<R>(bind: () => R): { readonly result: R; readonly enter: ((r: Runtime) => void) | undefined } {
    const scope: Scope = { locals: new Map(), cells: [], inner: new Set() };
    this.fn.scopes.push(scope);
    try {
      const result = bind();
      const { cells } = scope;
      return {
        result,
        enter:
          cells.length === 0
            ? undefined
            : (r) => {
                for (const slot of cells) r.frame[slot] = { v: null } satisfies Cell;
              },
      };
    } finally {
      this.fn.scopes.pop();
      const around = this.fn.scopes.at(-1);
      for (const name of [...scope.locals.keys(), ...scope.inner]) around?.inner.add(name);
    }
  }
  declare(
    node: Span,
    name: string,
    type: Type,
    more: Partial<Pick<Local, 'constant' | 'fallbacks' | 'isAssigned' | 'isReadOnly'>> = {},
  ): Local {
    if (this.find(name) || name === 'context' || this.fn.scopes.at(-1)?.inner.has(name))
      this.fail(node, 'duplicateName', `A local variable named '${name}' is already declared in this scope.`, name);
    const scope = this.fn.scopes.at(-1);
    const isCell = more.constant === undefined && this.fn.sharedNames.has(name);
    const local: Local = { name, type, slot: this.fn.slot(), isCell, isAssigned: true, ...more };
    scope?.locals.set(name, local);
    if (isCell) scope?.cells.push(local.slot);
    return local;
  }
  /** A variable by its name, seen from the function that is being bound. */
  find(name: string): Local | undefined {
    return findIn(this.fn, name);
  }
  /** Binds a function's body in a frame of its own. */
  inFunction<R>(fn: FunctionScope, bind: () => R): R {
    const outer = this.fn;
    const { overflow } = this;
    this.fn = fn;
    const receivers = this.receivers.splice(0);
    const caught = this.caught.splice(0);
    try {
      return bind();
    } finally {
      this.fn = outer;
      this.overflow = overflow;
      this.receivers.splice(0, this.receivers.length, ...receivers);
      this.caught.splice(0, this.caught.length, ...caught);
    }
  }
}

function findIn(fn: FunctionScope, name: string): Local | undefined {
  for (let i = fn.scopes.length - 1; i >= 0; i--) {
    const local = fn.scopes[i]?.locals.get(name);
    if (local) return local;
  }
  const outer = fn.parent && findIn(fn.parent, name);
  if (!outer || outer.constant !== undefined) return outer;
  const known = fn.captured.get(outer);
  if (known) return known;
  const local: Local = { ...outer, slot: fn.slot(), isCell: true };
  fn.captured.set(outer, local);
  fn.captures.push({ from: outer.slot, to: local.slot });
  return local;
}

export function readLocal({ slot, isCell, type, constant, isReadOnly }: Local): Bound {
  if (constant !== undefined) return { type, run: () => constant, constant };
  if (isReadOnly) return { type, run: isCell ? (r) => r.frame[slot].v : (r) => r.frame[slot] };
  if (isCell)
    return {
      type,
      run: (r) => r.frame[slot].v,
      modify: (r, next) => {
        const cell: Cell = r.frame[slot];
        const value = next(() => cell.v);
        cell.v = value;
        return value;
      },
    };
  return {
    type,
    run: (r) => r.frame[slot],
    modify: (r, next) => {
      const value = next(() => r.frame[slot]);
      r.frame[slot] = value;
      return value;
    },
  };
}
export const storeLocal = ({ slot, isCell }: Local): ((r: Runtime, value: V) => void) =>
  isCell
    ? (r, value) => {
        r.frame[slot].v = value;
      }
    : (r, value) => {
        r.frame[slot] = value;
      };
