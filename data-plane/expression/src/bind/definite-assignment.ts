import type { Block, Expression, Span, Statement } from '../syntax/tree.ts';

/**
 * The first place where a variable that was declared without a value is read though some way to it assigns none; undefined: there is
 * no such place. A state says "assigned, or not reachable".
 */
export function firstUnassignedUse(name: string, statements: readonly Statement[]): Span | undefined {
  const flow = new Flow(name);
  flow.sequence(statements, false);
  return flow.found;
}

class Flow {
  found: Span | undefined;
  readonly #name: string;
  /** States at the breaks and continues of the loops and switches around. */
  readonly #breaks: boolean[][] = [];
  readonly #continues: boolean[][] = [];
  constructor(name: string) {
    this.#name = name;
  }
  sequence(statements: readonly Statement[], state: boolean): boolean {
    return statements.reduce((current, statement) => this.#statement(statement, current), state);
  }
  #loop(run: () => void): readonly [breaks: boolean, continues: boolean] {
    this.#breaks.push([]);
    this.#continues.push([]);
    run();
    const every = (states: boolean[] | undefined): boolean => states?.every(Boolean) ?? true;
    return [every(this.#breaks.pop()), every(this.#continues.pop())];
  }
  #statement(node: Statement, state: boolean): boolean {
    switch (node.kind) {
      case 'block':
        return this.sequence(node.statements, state);
      case 'local':
        return node.declarators.reduce(
          (current, { value }) => (value ? this.#expression(value, current) : current),
          state,
        );
      case 'expression':
        return this.#expression(node.value, state);
      case 'return':
      case 'throw':
        if (node.value) this.#expression(node.value, state);
        return true;
      case 'break':
        this.#breaks.at(-1)?.push(state);
        return true;
      case 'continue':
        this.#continues.at(-1)?.push(state);
        return true;
      case 'goto':
      case 'gotoCase':
        return true;
      case 'labeled':
        // Ways by goto are not followed: a label counts as reached with a value.
        return this.#statement(node.statement, true);
      case 'if': {
        const [yes, no] = this.#condition(node.test, state);
        const after = this.#statement(node.yes, yes);
        return (node.no ? this.#statement(node.no, no) : no) && after;
      }
      case 'while': {
        const [yes, no] = this.#condition(node.test, state);
        const [breaks] = this.#loop(() => this.#statement(node.body, yes));
        return no && breaks;
      }
      case 'do': {
        let after = state;
        const [breaks, continues] = this.#loop(() => {
          after = this.#statement(node.body, state);
        });
        return this.#condition(node.test, after && continues)[1] && breaks;
      }
      case 'for': {
        let before = state;
        for (const part of node.initial)
          before = part.kind === 'local' ? this.#statement(part, before) : this.#expression(part, before);
        const [yes, no] = node.test ? this.#condition(node.test, before) : [before, true];
        let after = yes;
        const [breaks, continues] = this.#loop(() => {
          after = this.#statement(node.body, yes);
        });
        node.update.reduce((current, update) => this.#expression(update, current), after && continues);
        return no && breaks;
      }
      case 'foreach': {
        const after = this.#expression(node.source, state);
        this.#loop(() => this.#statement(node.body, after));
        return after;
      }
      case 'switch': {
        const before = this.#expression(node.value, state);
        this.#breaks.push([]);
        let hasDefault = false;
        for (const { labels, statements } of node.sections) {
          let start = before;
          for (const { pattern, guard } of labels) {
            hasDefault ||= pattern === undefined;
            if (guard) start = this.#condition(guard, before)[0];
          }
          this.sequence(statements, labels.length > 1 ? before : start);
        }
        const breaks = this.#breaks.pop()?.every(Boolean) ?? true;
        return breaks && (hasDefault || before);
      }
      case 'try': {
        const body = this.#statement(node.body, state);
        const caught = node.catches.map((clause) => this.#statement(clause.body, state)).every(Boolean);
        const last = node.last ? this.#statement(node.last, state) : false;
        return (body && caught) || last;
      }
      case 'checkedBlock':
        return this.#statement(node.body, state);
      case 'using': {
        const { resource } = node;
        return this.#statement(
          node.body,
          resource.kind === 'local' ? this.#statement(resource, state) : this.#expression(resource, state),
        );
      }
      case 'localFunction':
      case 'empty':
        return state;
      default:
        return node satisfies never;
    }
  }
  /** States where it is true and where it is false. */
  #condition(node: Expression, state: boolean): readonly [boolean, boolean] {
    if (node.kind === 'parenthesized') return this.#condition(node.value, state);
    if (node.kind === 'literal' && node.literal === 'bool') return node.text === 'true' ? [state, true] : [true, state];
    if (node.kind === 'unary' && node.operator === '!' && !node.isPostfix) {
      const [yes, no] = this.#condition(node.operand, state);
      return [no, yes];
    }
    if (node.kind === 'binary' && (node.operator === '&&' || node.operator === '||')) {
      const isAnd = node.operator === '&&';
      const [leftYes, leftNo] = this.#condition(node.left, state);
      const [rightYes, rightNo] = this.#condition(node.right, isAnd ? leftYes : leftNo);
      return isAnd ? [rightYes, leftNo && rightNo] : [leftYes && rightYes, rightNo];
    }
    const after = this.#expression(node, state);
    return [after, after];
  }
  #expression(node: Expression, state: boolean): boolean {
    switch (node.kind) {
      case 'name':
        if (node.name === this.#name && !state) this.found ??= node;
        return state;
      case 'assign': {
        const isOwn = node.target.kind === 'name' && node.target.name === this.#name;
        const isPlain = isOwn && node.operator === '=';
        const before = isPlain || node.target.kind === 'tuple' ? state : this.#expression(node.target, state);
        const after = this.#expression(node.value, before);
        if (node.target.kind === 'tuple')
          return after || node.target.items.some(({ value }) => value.kind === 'name' && value.name === this.#name);
        return after || isOwn;
      }
      case 'binary':
        if (node.operator === '&&' || node.operator === '||') {
          const [yes, no] = this.#condition(node, state);
          return yes && no;
        }
        if (node.operator === '??') {
          const after = this.#expression(node.left, state);
          this.#expression(node.right, after);
          return after;
        }
        return this.#expression(node.right, this.#expression(node.left, state));
      case 'conditional': {
        const [yes, no] = this.#condition(node.test, state);
        const after = this.#expression(node.yes, yes);
        return this.#expression(node.no, no) && after;
      }
      case 'conditionalAccess': {
        const after = this.#expression(node.target, state);
        this.#expression(node.access, after);
        return after;
      }
      case 'call': {
        let current = this.#expression(node.target, state);
        let assigns = false;
        for (const { isOut, value } of node.args) {
          if (isOut && value.kind === 'name' && value.name === this.#name) assigns = true;
          else current = this.#expression(value, current);
        }
        return current || assigns;
      }
      case 'throw':
        this.#expression(node.value, state);
        return true;
      case 'lambda':
        this.#nested(node.body, state);
        return state;
      case 'query':
        return state;
      default:
        return this.#children(node, state);
    }
  }
  /** A lambda sees the state where it stands; what it assigns does not count around it. */
  #nested(body: Expression | Block, state: boolean): void {
    if (body.kind === 'block') this.#loop(() => this.#statement(body, state));
    else this.#expression(body, state);
  }
  #children(node: unknown, state: boolean): boolean {
    let current = state;
    for (const child of Object.values(node as object)) {
      for (const part of Array.isArray(child) ? child : [child]) {
        if (typeof part !== 'object' || part === null) continue;
        const { kind } = part as { kind?: unknown };
        if (typeof kind === 'string' && !/Type$|Pattern$|^text$|^hole$/.test(kind))
          current = this.#expression(part as Expression, current);
        else if (typeof kind !== 'string' || kind === 'hole' || kind === 'constantPattern')
          current = this.#children(part, current);
      }
    }
    return current;
  }
}
