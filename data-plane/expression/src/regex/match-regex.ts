import type { Runtime } from '../runtime.ts';
import { wordSet } from './character-set.ts';
import type { CompiledRegex, Program } from './compile-regex.ts';

/** Places in the text; the last capture of a group is the group's. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
export interface RegexMatch {
  readonly index: number;
  readonly length: number;
  /** By number of the group; empty where it took no part. */
  readonly captures: ReadonlyMap<number, readonly Span[]>;
}

/** The next match from a place on; undefined: there is none. Each step of the search is paid for. */
export function findMatch(regex: CompiledRegex, text: string, from: number, r: Runtime): RegexMatch | undefined {
  const { first, isRightToLeft } = regex;
  const matcher = new Matcher(regex, text, from, r);
  if (isRightToLeft) {
    for (let at = from; at >= 0; at--) {
      const found = matcher.at(at);
      if (found) return found;
    }
    return undefined;
  }
  for (let at = from; at <= text.length; at++) {
    if (first) {
      const start = at;
      while (at < text.length && !first.has(text.charCodeAt(at))) at++;
      if (at - start > 64) r.steps((at - start) >> 6);
      if (at >= text.length) return undefined;
    }
    const found = matcher.at(at);
    if (found) return found;
  }
  return undefined;
}

/** A state to return to. `least` ≠ -1: a run of one character that gives back (or takes) one at a time. */
interface Saved {
  readonly pc: number;
  position: number;
  readonly trail: number;
  /** Of a greedy run: where it may go back to. Of a lazy run: how many more it may take. */
  left: number;
  readonly isLazyRun: boolean;
}

class Matcher {
  readonly #regex: CompiledRegex;
  readonly #text: string;
  readonly #from: number;
  readonly #r: Runtime;
  readonly #registers: number[];
  readonly #captures = new Map<number, Span[]>();
  /** Undoes what was changed since a state was saved. */
  readonly #trail: (() => void)[] = [];
  #ops = 0;
  constructor(regex: CompiledRegex, text: string, from: number, r: Runtime) {
    this.#regex = regex;
    this.#text = text;
    this.#from = from;
    this.#r = r;
    this.#registers = new Array(regex.registers).fill(-1);
  }
  at(start: number): RegexMatch | undefined {
    this.#captures.clear();
    this.#trail.length = 0;
    const end = this.#run(this.#regex.program, start);
    if (end < 0) return undefined;
    const captures = new Map([...this.#captures].map(([group, spans]) => [group, [...spans]]));
    const [index, until] = end < start ? [end, start] : [start, end];
    captures.set(0, [{ start: index, end: until }]);
    return { index, length: until - index, captures };
  }
  #undo(to: number): void {
    while (this.#trail.length > to) this.#trail.pop()?.();
  }
  #setRegister(register: number, value: number): void {
    const old = this.#registers[register] ?? -1;
    if (old === value) return;
    this.#registers[register] = value;
    this.#trail.push(() => {
      this.#registers[register] = old;
    });
  }
  #addCapture(group: number, span: Span): void {
    let spans = this.#captures.get(group);
    if (!spans) {
      spans = [];
      this.#captures.set(group, spans);
    }
    spans.push(span);
    const list = spans;
    this.#trail.push(() => void list.pop());
  }
  /** Runs a program from a place; the place where it ends, or -1. Its saved states are gone afterwards. */
  #run(program: Program, start: number): number {
    const text = this.#text;
    const stack: Saved[] = [];
    let pc = 0;
    let position = start;
    const save = (target: number): void => {
      stack.push({ pc: target, position, trail: this.#trail.length, left: -1, isLazyRun: false });
    };
    for (;;) {
      if ((++this.#ops & 255) === 0) this.#r.steps(64);
      const instruction = program[pc];
      let failed = false;
      switch (instruction?.op) {
        case undefined:
        case 'fail':
          failed = true;
          break;
        case 'match':
          return position;
        case 'set': {
          const { step } = instruction;
          const code = text.charCodeAt(step === 1 ? position : position - 1);
          if (!Number.isNaN(code) && instruction.set.has(code)) {
            position += step;
            pc++;
          } else failed = true;
          break;
        }
        case 'run': {
          const { set, min, max, step, isLazy } = instruction;
          const limit = Math.min(isLazy ? min : max, step === 1 ? text.length - position : position);
          const before = position;
          let count = 0;
          while (count < limit && set.has(text.charCodeAt(step === 1 ? position : position - 1))) {
            position += step;
            count++;
          }
          if (count > 64) this.#r.steps(count >> 6);
          if (count < min) failed = true;
          else {
            pc++;
            if (isLazy && max > min)
              stack.push({ pc, position, trail: this.#trail.length, left: max - min, isLazyRun: true });
            else if (!isLazy && count > min)
              stack.push({ pc, position, trail: this.#trail.length, left: before + step * min, isLazyRun: false });
          }
          break;
        }
        case 'split':
          save(instruction.second);
          pc = instruction.first;
          break;
        case 'jump':
          pc = instruction.to;
          break;
        case 'mark':
          this.#setRegister(instruction.register, position);
          pc++;
          break;
        case 'capture': {
          const other = this.#registers[instruction.register] ?? position;
          this.#addCapture(instruction.group, { start: Math.min(other, position), end: Math.max(other, position) });
          pc++;
          break;
        }
        case 'balance':
          if (this.#balance(instruction, position)) pc++;
          else failed = true;
          break;
        case 'reference': {
          const moved = this.#reference(instruction, position);
          if (moved === undefined) failed = true;
          else {
            position = moved;
            pc++;
          }
          break;
        }
        case 'assert':
          if (this.#holds(instruction.test, position)) pc++;
          else failed = true;
          break;
        case 'look': {
          const trail = this.#trail.length;
          const end = this.#run(instruction.program, position);
          if (instruction.isNegative) {
            this.#undo(trail);
            failed = end >= 0;
          } else failed = end < 0;
          if (!failed) {
            if (instruction.takes) position = end;
            pc++;
          }
          break;
        }
        case 'ifGroup':
          pc = (this.#captures.get(instruction.group)?.length ?? 0) > 0 ? pc + 1 : instruction.otherwise;
          break;
        case 'ifLook': {
          const trail = this.#trail.length;
          const isFound = this.#run(instruction.program, position) >= 0;
          if (isFound === instruction.isNegative) this.#undo(trail);
          pc = isFound !== instruction.isNegative ? pc + 1 : instruction.otherwise;
          break;
        }
        case 'loopStart':
          this.#setRegister(instruction.counter, 0);
          this.#setRegister(instruction.place, -1);
          pc++;
          break;
        case 'loop': {
          const { counter, place, min, max, isLazy, body, exit } = instruction;
          const count = this.#registers[counter] ?? 0;
          // A turn that matched nothing ends the loop.
          if (count >= max || (count >= min && this.#registers[place] === position)) {
            pc = exit;
          } else if (isLazy && count >= min) {
            save(pc + 1);
            pc = exit;
          } else {
            if (count >= min) save(exit);
            this.#setRegister(counter, count + 1);
            this.#setRegister(place, position);
            pc = body;
          }
          break;
        }
        case 'loopEnter':
          this.#setRegister(instruction.counter, (this.#registers[instruction.counter] ?? 0) + 1);
          this.#setRegister(instruction.place, position);
          pc = instruction.body;
          break;
      }
      if (!failed) continue;
      const saved = stack.at(-1);
      if (!saved) return -1;
      this.#undo(saved.trail);
      if (saved.left < 0) {
        stack.pop();
        ({ pc, position } = saved);
      } else if (!this.#again(saved, program, stack)) {
        // The run has no other length: what follows fails again at once.
        pc = program.length;
      } else ({ pc, position } = saved);
    }
  }
  /** A run of one character tries its next length; false: it has no more, and is gone from the stack. */
  #again(saved: Saved, program: Program, stack: Saved[]): boolean {
    const run = program[saved.pc - 1];
    if (run?.op !== 'run') return false;
    if (!saved.isLazyRun) {
      saved.position -= run.step;
      if (saved.position === saved.left) {
        stack.pop();
      }
      return true;
    }
    const at = run.step === 1 ? saved.position : saved.position - 1;
    const code = this.#text.charCodeAt(at);
    if (saved.left <= 0 || Number.isNaN(code) || !run.set.has(code)) {
      stack.pop();
      return false;
    }
    saved.position += run.step;
    saved.left--;
    if (saved.left === 0) stack.pop();
    return true;
  }
  #balance({ register, open, close }: { register: number; open: number; close: number }, position: number): boolean {
    const spans = this.#captures.get(close);
    const last = spans?.pop();
    if (!spans || !last) return false;
    this.#trail.push(() => void spans.push(last));
    if (open >= 0) {
      const start = this.#registers[register] ?? position;
      // Between the capture that goes and this one.
      const [from, to] = [Math.min(start, position), Math.max(start, position)];
      this.#addCapture(
        open,
        last.end <= from
          ? { start: last.end, end: from }
          : { start: Math.min(last.start, from), end: Math.min(last.start, to) },
      );
    }
    return true;
  }
  #reference(
    { group, ignoresCase, step }: { group: number; ignoresCase: boolean; step: 1 | -1 },
    position: number,
  ): number | undefined {
    const span = this.#captures.get(group)?.at(-1);
    if (!span) return (this.#regex.options & 256) !== 0 ? position : undefined;
    const wanted = this.#text.slice(span.start, span.end);
    const from = step === 1 ? position : position - wanted.length;
    if (from < 0) return undefined;
    const found = this.#text.slice(from, from + wanted.length);
    const isEqual = found === wanted || (ignoresCase && found.toLowerCase() === wanted.toLowerCase());
    return isEqual ? position + step * wanted.length : undefined;
  }
  #holds(test: string, position: number): boolean {
    const text = this.#text;
    const isWord = (at: number): boolean => at >= 0 && at < text.length && wordSet.has(text.charCodeAt(at));
    switch (test) {
      case 'start':
        return position === 0;
      case 'lineStart':
        return position === 0 || text[position - 1] === '\n';
      case 'end':
        return position === text.length;
      case 'lineEnd':
        return position === text.length || text[position] === '\n';
      case 'lastEnd':
        return position === text.length || (position === text.length - 1 && text[position] === '\n');
      case 'boundary':
        return isWord(position - 1) !== isWord(position);
      case 'noBoundary':
        return isWord(position - 1) === isWord(position);
      default:
        return position === this.#from;
    }
  }
}
