import type { CharacterSet } from './character-set.ts';
import { parseRegex } from './parse-regex.ts';
import { type Assertion, type RegexNode, regexOptions } from './syntax.ts';

/** What the matcher runs. `step` is 1 to the right, -1 to the left. Targets are places in the program. */
export type Instruction =
  | { readonly op: 'set'; readonly set: CharacterSet; readonly step: 1 | -1 }
  /** A loop over one character: no stack entry for each turn. */
  | {
      readonly op: 'run';
      readonly set: CharacterSet;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
      readonly step: 1 | -1;
    }
  | { readonly op: 'split'; readonly first: number; readonly second: number }
  | { readonly op: 'jump'; readonly to: number }
  | { readonly op: 'fail' }
  | { readonly op: 'match' }
  | { readonly op: 'mark'; readonly register: number }
  | { readonly op: 'capture'; readonly register: number; readonly group: number }
  | { readonly op: 'balance'; readonly register: number; readonly open: number; readonly close: number }
  | { readonly op: 'reference'; readonly group: number; readonly ignoresCase: boolean; readonly step: 1 | -1 }
  | { readonly op: 'assert'; readonly test: Assertion }
  | { readonly op: 'look'; readonly program: Program; readonly isNegative: boolean; readonly takes: boolean }
  | { readonly op: 'ifGroup'; readonly group: number; readonly otherwise: number }
  | { readonly op: 'ifLook'; readonly program: Program; readonly isNegative: boolean; readonly otherwise: number }
  | { readonly op: 'loopStart'; readonly counter: number; readonly place: number }
  | {
      readonly op: 'loop';
      readonly counter: number;
      readonly place: number;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
      readonly body: number;
      readonly exit: number;
    }
  | { readonly op: 'loopEnter'; readonly counter: number; readonly place: number; readonly body: number };
export type Program = readonly Instruction[];

export interface CompiledRegex {
  readonly pattern: string;
  readonly options: number;
  readonly program: Program;
  readonly registers: number;
  /** Numbers of the groups, 0 first. */
  readonly numbers: readonly number[];
  readonly names: ReadonlyMap<string, number>;
  readonly isRightToLeft: boolean;
  /** What the first character must be in; undefined where that is not known. */
  readonly first: CharacterSet | undefined;
}

const compiled = new Map<string, CompiledRegex>();

export function compileRegex(pattern: string, options: number): CompiledRegex {
  const key = `${options}:${pattern}`;
  let regex = compiled.get(key);
  if (!regex) {
    const { root, numbers, names } = parseRegex(pattern, options);
    const isRightToLeft = (options & regexOptions.rightToLeft) !== 0;
    const emitter = new Emitter();
    const program = emitter.program(root, isRightToLeft ? -1 : 1);
    const [start] = program;
    const first =
      !isRightToLeft && start?.op === 'set'
        ? start.set
        : !isRightToLeft && start?.op === 'run' && start.min > 0
          ? start.set
          : undefined;
    regex = { pattern, options, program, registers: emitter.registers, numbers, names, isRightToLeft, first };
    if (compiled.size >= 500) compiled.clear();
    compiled.set(key, regex);
  }
  return regex;
}

class Emitter {
  registers = 0;
  program(root: RegexNode, step: 1 | -1): Program {
    const code: Instruction[] = [];
    this.#emit(root, code, step);
    code.push({ op: 'match' });
    return code;
  }
  #emit(node: RegexNode, code: Instruction[], step: 1 | -1): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'nothing':
        code.push({ op: 'fail' });
        return;
      case 'set':
        code.push({ op: 'set', set: node.set, step });
        return;
      case 'sequence':
        for (const item of step === 1 ? node.items : node.items.toReversed()) this.#emit(item, code, step);
        return;
      case 'either':
        this.#either(node.items, code, step);
        return;
      case 'loop':
        this.#loop(node, code, step);
        return;
      case 'group': {
        const register = this.registers++;
        code.push({ op: 'mark', register });
        this.#emit(node.inner, code, step);
        code.push({ op: 'capture', register, group: node.number });
        return;
      }
      case 'balance': {
        const register = this.registers++;
        code.push({ op: 'mark', register });
        this.#emit(node.inner, code, step);
        code.push({ op: 'balance', register, open: node.open, close: node.close });
        return;
      }
      case 'atomic':
        code.push({ op: 'look', program: this.program(node.inner, step), isNegative: false, takes: true });
        return;
      case 'look':
        code.push({
          op: 'look',
          program: this.program(node.inner, node.isAhead ? 1 : -1),
          isNegative: node.isNegative,
          takes: false,
        });
        return;
      case 'reference':
        code.push({ op: 'reference', group: node.number, ignoresCase: node.ignoresCase, step });
        return;
      case 'assertion':
        code.push({ op: 'assert', test: node.test });
        return;
      case 'ifGroup':
        this.#branch(node, code, step, (otherwise) => ({ op: 'ifGroup', group: node.number, otherwise }));
        return;
      case 'ifLook': {
        const { test } = node;
        const isAhead = test.kind !== 'look' || test.isAhead;
        const inner = test.kind === 'look' ? test.inner : test;
        const isNegative = test.kind === 'look' && test.isNegative;
        const program = this.program(inner, isAhead ? 1 : -1);
        this.#branch(node, code, step, (otherwise) => ({ op: 'ifLook', program, isNegative, otherwise }));
        return;
      }
      default:
        node satisfies never;
    }
  }
  #branch(
    { yes, no }: { readonly yes: RegexNode; readonly no: RegexNode },
    code: Instruction[],
    step: 1 | -1,
    test: (otherwise: number) => Instruction,
  ): void {
    const at = code.length;
    code.push({ op: 'fail' });
    this.#emit(yes, code, step);
    const end = code.length;
    code.push({ op: 'fail' });
    code[at] = test(code.length);
    this.#emit(no, code, step);
    code[end] = { op: 'jump', to: code.length };
  }
  #either(items: readonly RegexNode[], code: Instruction[], step: 1 | -1): void {
    const ends: number[] = [];
    for (const [index, item] of items.entries()) {
      const at = code.length;
      const isLast = index === items.length - 1;
      if (!isLast) code.push({ op: 'fail' });
      this.#emit(item, code, step);
      if (isLast) break;
      ends.push(code.length);
      code.push({ op: 'fail' });
      code[at] = { op: 'split', first: at + 1, second: code.length };
    }
    for (const end of ends) code[end] = { op: 'jump', to: code.length };
  }
  #loop({ inner, min, max, isLazy }: Extract<RegexNode, { kind: 'loop' }>, code: Instruction[], step: 1 | -1): void {
    if (inner.kind === 'set') {
      code.push({ op: 'run', set: inner.set, min, max, isLazy, step });
      return;
    }
    if (min === 0 && max === 1) {
      const at = code.length;
      code.push({ op: 'fail' });
      this.#emit(inner, code, step);
      const end = code.length;
      code[at] = isLazy ? { op: 'split', first: end, second: at + 1 } : { op: 'split', first: at + 1, second: end };
      return;
    }
    const counter = this.registers++;
    const place = this.registers++;
    code.push({ op: 'loopStart', counter, place });
    const head = code.length;
    code.push({ op: 'fail' });
    code.push({ op: 'fail' });
    const body = code.length;
    this.#emit(inner, code, step);
    code.push({ op: 'jump', to: head });
    const exit = code.length;
    code[head] = { op: 'loop', counter, place, min, max, isLazy, body, exit };
    // Where a lazy loop goes on when what follows did not match.
    code[head + 1] = { op: 'loopEnter', counter, place, body };
  }
}
