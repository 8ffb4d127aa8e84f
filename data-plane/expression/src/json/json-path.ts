import type { Runtime } from '../runtime.ts';
import { notSupported, raise, type V } from '../value/values.ts';
import { compareTokens } from './compare-tokens.ts';
import { parseJson } from './parse-json.ts';
import { JArray, JObject, JProperty, type JToken, JValue } from './tokens.ts';

const bad = (message: string): never => raise('Newtonsoft.Json.JsonException', message);

type Step =
  | { readonly kind: 'name'; readonly names: readonly string[]; readonly deep: boolean }
  | { readonly kind: 'all'; readonly deep: boolean }
  | { readonly kind: 'index'; readonly indices: readonly number[] }
  | {
      readonly kind: 'slice';
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number | undefined;
    }
  | { readonly kind: 'filter'; readonly test: Test; readonly deep: boolean };
type Test =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Test[] }
  | { readonly kind: 'exists'; readonly path: Side }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Side; readonly right: Side };
type Side = { readonly steps: readonly Step[]; readonly isRoot: boolean } | { readonly value: JValue };

const parsed = new Map<string, readonly Step[]>();

/** `SelectTokens`. */
export function selectTokens(root: JToken, path: string, r: Runtime): JToken[] {
  let steps = parsed.get(path);
  if (!steps) {
    steps = new PathReader(path).whole();
    if (parsed.size < 500) parsed.set(path, steps);
  }
  return run(root, root, steps, r);
}

function run(root: JToken, from: JToken, steps: readonly Step[], r: Runtime): JToken[] {
  let current = [from];
  for (const step of steps) {
    const next: JToken[] = [];
    for (const token of current) {
      r.step();
      for (const start of 'deep' in step && step.deep ? descendants(token, r) : [token])
        apply(root, start, step, next, r);
    }
    current = next;
  }
  return current;
}

function* descendants(token: JToken, r: Runtime): Iterable<JToken> {
  r.step();
  yield token;
  for (const child of values(token)) yield* descendants(child, r);
}
const values = (token: JToken): JToken[] =>
  token instanceof JObject
    ? [...token.properties.values()].map(({ value }) => value)
    : token instanceof JProperty
      ? [token.value]
      : token.children();

function apply(root: JToken, token: JToken, step: Step, out: JToken[], r: Runtime): void {
  switch (step.kind) {
    case 'name':
      if (token instanceof JObject)
        for (const name of step.names) {
          const value = token.get(name);
          if (value) out.push(value);
        }
      return;
    case 'all':
      out.push(...values(token));
      return;
    case 'index':
      if (token instanceof JArray)
        for (const index of step.indices) {
          const item = token.items[index];
          if (item) out.push(item);
        }
      return;
    case 'slice':
      if (token instanceof JArray) out.push(...slice(token.items, step));
      return;
    case 'filter':
      for (const child of values(token)) if (holds(root, child, step.test, r)) out.push(child);
      return;
    default:
      step satisfies never;
  }
}

function* slice(
  items: readonly JToken[],
  { start, end, step = 1 }: { start: number | undefined; end: number | undefined; step: number | undefined },
): Iterable<JToken> {
  if (step === 0) bad('Step cannot be zero.');
  const { length } = items;
  const place = (index: number): number => (index < 0 ? length + index : index);
  const from = Math.max(0, Math.min(place(start ?? (step > 0 ? 0 : length - 1)), step > 0 ? length : length - 1));
  const until = Math.max(-1, Math.min(end === undefined ? (step > 0 ? length : -1) : place(end), length));
  for (let i = from; step > 0 ? i < until : i > until; i += step) {
    const item = items[i];
    if (item) yield item;
  }
}

function holds(root: JToken, token: JToken, test: Test, r: Runtime): boolean {
  switch (test.kind) {
    case 'and':
      return test.parts.every((part) => holds(root, token, part, r));
    case 'or':
      return test.parts.some((part) => holds(root, token, part, r));
    case 'exists':
      return side(root, token, test.path, r).length > 0;
    case 'compare':
      return side(root, token, test.left, r).some((left) =>
        side(root, token, test.right, r).some(
          (right) => left instanceof JValue && right instanceof JValue && compares(test.operator, left, right),
        ),
      );
    default:
      return test satisfies never;
  }
}
const side = (root: JToken, token: JToken, of: Side, r: Runtime): readonly JToken[] =>
  'value' in of ? [of.value] : run(root, of.isRoot ? root : token, of.steps, r);

function compares(operator: string, left: JValue, right: JValue): boolean {
  const isEqual = (): boolean =>
    left.equalityKey === right.equalityKey ||
    (right.kind === 'String' &&
      ['Date', 'Bytes', 'Guid', 'TimeSpan'].includes(left.kind) &&
      left.displayText() === right.value) ||
    (isNumber(left) && isNumber(right) && compareTokens(left, right) === 0);
  switch (operator) {
    case '==':
      return isEqual();
    case '!=':
      return !isEqual();
    default: {
      if (left.kind !== right.kind && !(isNumber(left) && isNumber(right))) return false;
      const order = compareTokens(left, right);
      return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
    }
  }
}
const isNumber = ({ kind }: JValue): boolean => kind === 'Integer' || kind === 'Float';

class PathReader {
  readonly #path: string;
  #at = 0;
  constructor(path: string) {
    this.#path = path;
  }
  whole(): readonly Step[] {
    this.#space();
    if (this.#path[this.#at] === '$') this.#at++;
    const steps = this.#steps(() => this.#at >= this.#path.length);
    return steps;
  }
  #space(): void {
    while (this.#path[this.#at] === ' ') this.#at++;
  }
  #is(text: string): boolean {
    if (!this.#path.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
  #fail(): never {
    return this.#at >= this.#path.length
      ? bad('Path ended with open query.')
      : bad(`Unexpected character while parsing path: ${this.#path[this.#at]}`);
  }
  #steps(isEnd: () => boolean): Step[] {
    const steps: Step[] = [];
    let isFirst = true;
    while (!isEnd()) {
      const deep = this.#is('..');
      const dotted = deep || this.#is('.');
      if (this.#path[this.#at] === '[') steps.push(this.#bracket(deep));
      else if (dotted || isFirst) {
        if (this.#is('*')) steps.push({ kind: 'all', deep });
        else {
          const match = /[^.[\]()\s=<>!&|]+/y;
          match.lastIndex = this.#at;
          const name = match.exec(this.#path)?.[0];
          if (name === undefined) return this.#fail();
          this.#at += name.length;
          steps.push({ kind: 'name', names: [name], deep });
        }
      } else this.#fail();
      isFirst = false;
    }
    return steps;
  }
  #bracket(deep: boolean): Step {
    this.#at++;
    this.#space();
    const next = this.#path[this.#at];
    if (next === "'" || next === '"') {
      const names: string[] = [];
      do {
        this.#space();
        names.push(this.#quoted());
        this.#space();
      } while (this.#is(','));
      if (!this.#is(']')) this.#fail();
      return { kind: 'name', names, deep };
    }
    if (this.#is('?')) {
      this.#space();
      if (!this.#is('(')) this.#fail();
      const test = this.#or();
      if (!this.#is(')')) this.#fail();
      this.#space();
      if (!this.#is(']')) this.#fail();
      return { kind: 'filter', test, deep };
    }
    if (this.#is('*')) {
      this.#space();
      if (!this.#is(']')) this.#fail();
      return { kind: 'all', deep };
    }
    const close = this.#path.indexOf(']', this.#at);
    if (close < 0) return bad('Path ended with open indexer.');
    const body = this.#path.slice(this.#at, close).trim();
    this.#at = close + 1;
    const sliced = /^(-?\d+)?\s*:\s*(-?\d+)?\s*(?::\s*(-?\d+)?)?$/.exec(body);
    const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text));
    if (sliced)
      return { kind: 'slice', start: numberOf(sliced[1]), end: numberOf(sliced[2]), step: numberOf(sliced[3]) };
    if (!/^\d+(\s*,\s*\d+)*$/.test(body))
      return bad(`Unexpected character while parsing path indexer: ${body[0] ?? ']'}`);
    return { kind: 'index', indices: body.split(',').map(Number) };
  }
  #quoted(): string {
    const quote = this.#path[this.#at];
    let text = '';
    for (this.#at++; this.#path[this.#at] !== quote; this.#at++) {
      if (this.#path[this.#at] === '\\') this.#at++;
      if (this.#at >= this.#path.length) return bad('Path ended with an open string.');
      text += this.#path[this.#at];
    }
    this.#at++;
    return text;
  }
  #or(): Test {
    const parts = [this.#and()];
    while (this.#is('||')) parts.push(this.#and());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'or', parts };
  }
  #and(): Test {
    const parts = [this.#comparison()];
    while (this.#is('&&')) parts.push(this.#comparison());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'and', parts };
  }
  #comparison(): Test {
    this.#space();
    if (this.#is('(')) {
      const inner = this.#or();
      if (!this.#is(')')) this.#fail();
      this.#space();
      return inner;
    }
    const left = this.#side();
    const operator = ['===', '!==', '==', '!=', '<>', '<=', '>=', '<', '>', '=~'].find((mark) => this.#is(mark));
    if (operator === undefined) return { kind: 'exists', path: left };
    if (operator === '=~') notSupported("The JSON path operator '=~'");
    const right = this.#side();
    return { kind: 'compare', operator: operator === '<>' ? '!=' : operator.slice(0, 2), left, right };
  }
  #side(): Side {
    this.#space();
    const path = this.#path;
    if (path[this.#at] === '@' || path[this.#at] === '$') {
      const isRoot = path[this.#at] === '$';
      this.#at++;
      const steps = this.#steps(() => this.#at >= path.length || /[\s=<>!&|)]/.test(path[this.#at] ?? ''));
      this.#space();
      return { steps, isRoot };
    }
    if (path[this.#at] === "'" || path[this.#at] === '"') {
      const value = new JValue('String', this.#quoted());
      this.#space();
      return { value };
    }
    const match = /-?\d+(\.\d+)?([eE][+-]?\d+)?|true|false|null/y;
    match.lastIndex = this.#at;
    const literal = match.exec(path)?.[0];
    if (literal === undefined) return this.#fail();
    this.#at += literal.length;
    this.#space();
    const value: V = parseJson(literal);
    return { value };
  }
}
