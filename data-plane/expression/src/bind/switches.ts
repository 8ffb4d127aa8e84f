import { isSubtype } from '../convert/conversion.ts';
import type { Runtime } from '../runtime.ts';
import type { Statement as Node } from '../syntax/tree.ts';
import { T, type Type } from '../type/types.ts';
import type { Binder } from './binder.ts';
import type { Bound } from './bound.ts';
import { bindExpression, bindTo, bindTyped } from './expressions.ts';
import { bindPattern } from './patterns.ts';
import { alwaysEnds } from './reachability.ts';
import { bindStatements, Jump, type Signal, type Statement } from './statements.ts';
import { bindType } from './types.ts';

interface Section {
  readonly tests: readonly ((r: Runtime) => boolean)[];
  readonly enter: ((r: Runtime) => void) | undefined;
  readonly isDefault: boolean;
  /** `case 3` for `goto case 3`. */
  readonly labels: readonly string[];
  readonly body: Statement;
}

export function bindSwitch(b: Binder, node: Extract<Node, { kind: 'switch' }>): Statement {
  const value = bindTyped(b, node.value);
  const slot = b.fn.slot();
  const held: Bound = { type: value.type, run: (r) => r.frame[slot] };
  const seen = new Set<string>();
  const handled: Type[] = [];
  b.fn.around.push('switch');
  const { result: sections, enter } = b.scoped(() =>
    node.sections.map((section): Section => {
      const last = section.statements.at(-1);
      if (!last || !section.statements.some(alwaysEnds))
        b.fail(section, 'type', 'Control cannot fall through from one case label to another.');
      const { result, enter: enterSection } = b.scoped(() => {
        const labels: string[] = [];
        const tests = section.labels.flatMap(({ pattern, guard, start, end }) => {
          if (!pattern) {
            labels.push('default');
            return [];
          }
          if (pattern.kind === 'constantPattern' && !guard) {
            const label = `case ${String(bindExpression(b, pattern.value).constant)}`;
            if (seen.has(label))
              b.fail({ start, end }, 'type', `The switch contains multiple cases with the label '${label}'.`);
            seen.add(label);
            labels.push(label);
          }
          const type =
            pattern.kind === 'declarationPattern' && pattern.type.kind !== 'varType'
              ? bindType(b, pattern.type)
              : undefined;
          if (type && handled.some((before) => isSubtype(type, before)))
            b.fail({ start, end }, 'type', 'The switch case has already been handled by a previous case.');
          if (type && !guard) handled.push(type);
          const matches = bindPattern(b, pattern, held);
          const condition = guard && bindTo(b, guard, T.bool);
          return [condition ? (r: Runtime) => matches(r) && condition(r) === true : matches];
        });
        return { tests, labels, body: bindStatements(b, section.statements) };
      });
      return { ...result, enter: enterSection, isDefault: result.labels.includes('default') };
    }),
  );
  b.fn.around.pop();
  const fallback = sections.find(({ isDefault }) => isDefault);
  return (r) => {
    enter?.(r);
    r.frame[slot] = value.run(r);
    let section = choose(sections, r) ?? fallback;
    for (;;) {
      if (!section) return undefined;
      const signal: Signal = section.body(r);
      if (!(signal instanceof Jump)) return signal === 'break' ? undefined : signal;
      const { label } = signal;
      const next = sections.find(({ labels }) => labels.includes(label));
      if (!next) return signal;
      r.step();
      section = next;
    }
  };
}
function choose(sections: readonly Section[], r: Runtime): Section | undefined {
  for (const section of sections) {
    section.enter?.(r);
    for (const test of section.tests) {
      r.step();
      if (test(r)) return section;
    }
  }
  return undefined;
}
