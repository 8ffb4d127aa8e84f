import { instanceOf, isSubtype } from '../convert/conversion.ts';
import { ExpressionError } from '../csharp.ts';
import { BudgetExceeded } from '../runtime.ts';
import type { Statement as Node } from '../syntax/tree.ts';
import { T, type Type } from '../type/types.ts';
import { type Binder, storeLocal } from './binder.ts';
import { bindTo, bindTyped } from './expressions.ts';
import { bindBlock, bindDeclaration, bindScoped, type Signal, type Statement } from './statements.ts';
import { bindType } from './types.ts';

export function bindTry(b: Binder, node: Extract<Node, { kind: 'try' }>): Statement {
  const block = bindBlock(b, node.body);
  const caughtBefore: Type[] = [];
  const catches = node.catches.map((clause) => {
    const type = clause.type ? bindType(b, clause.type) : T.exception;
    if (caughtBefore.some((before) => isSubtype(type, before)))
      b.fail(clause, 'type', 'A previous catch clause already catches all exceptions of this or of a super type.');
    if (!clause.filter) caughtBefore.push(type);
    const slot = b.fn.slot();
    const { result, enter } = b.scoped(() => {
      const keep = clause.name === '' ? () => {} : storeLocal(b.declare(clause, clause.name, type));
      b.caught.push(slot);
      const filter = clause.filter && bindTo(b, clause.filter, T.bool);
      const body = bindBlock(b, clause.body);
      b.caught.pop();
      return { keep, filter, body };
    });
    return { type, slot, enter, ...result };
  });
  const last = node.last && bindBlock(b, node.last);
  const guarded: Statement = (r) => {
    const { frame } = r;
    try {
      return block(r);
    } catch (error) {
      if (!(error instanceof ExpressionError) || isOurs(error)) throw error;
      r.frame = frame;
      r.step();
      for (const { type, slot, enter, keep, filter, body } of catches) {
        if (!instanceOf(error, type)) continue;
        enter?.(r);
        frame[slot] = error;
        keep(r, error);
        if (filter && !filter(r)) continue;
        return body(r);
      }
      throw error;
    }
  };
  if (!last) return guarded;
  return (r) => {
    const { frame } = r;
    let signal: Signal;
    try {
      signal = guarded(r);
    } catch (error) {
      r.frame = frame;
      if (error instanceof ExpressionError && !isOurs(error)) last(r);
      throw error;
    }
    const kept = r.returned;
    last(r);
    r.returned = kept;
    return signal;
  };
}
/** Errors of the budget, and of what is not supported, are not C#'s to catch. */
const isOurs = (error: ExpressionError): boolean => error instanceof BudgetExceeded || error.type.startsWith('Vigia.');

/** Nothing that expressions can make needs to be disposed of: only the variable counts. */
export function bindUsing(b: Binder, node: Extract<Node, { kind: 'using' }>): Statement {
  const { result, enter } = b.scoped(() => {
    const { resource } = node;
    let start: Statement;
    if (resource.kind === 'local') start = bindDeclaration(b, resource);
    else {
      const { run } = bindTyped(b, resource);
      start = (r) => void run(r);
    }
    return { start, body: bindScoped(b, node.body) };
  });
  return (r) => {
    enter?.(r);
    result.start(r);
    return result.body(r);
  };
}
