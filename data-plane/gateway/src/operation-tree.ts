import type { OperationSnapshot } from '@vigia/contract';

export interface OperationMatch<T> {
  readonly target: T;
  /** Template parameters of path and query, URL-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Leaf<T> {
  readonly target: T;
  /** Name of the template parameter at each depth that has one. */
  readonly names: readonly (string | undefined)[];
  readonly query: readonly { readonly name: string; readonly parameter?: string; readonly value?: string }[];
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  /** Segments such as `{id}.json`. */
  readonly mixed: { readonly pattern: RegExp; readonly names: readonly string[]; readonly node: Node<T> }[];
  parameter: Node<T> | undefined;
  readonly leaves: Leaf<T>[];
  readonly wildcards: Leaf<T>[];
}

const emptyNode = <T>(): Node<T> => ({
  literals: new Map(),
  mixed: [],
  parameter: undefined,
  leaves: [],
  wildcards: [],
});

/** `/a/{b}/` → `['a', '{b}']`; a slash at the end does not count. */
export function segmentsOf(path: string): string[] {
  const segments = path.split('/');
  if (segments[0] === '') segments.shift();
  if (segments.at(-1) === '') segments.pop();
  return segments;
}

export function decodeSegment(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    // Not UTF-8 behind the percent signs: the text itself is the value, as it was sent.
    return text;
  }
}

/**
 * The operations of one API by method and template. Literal segments win over template segments, `/*` comes last;
 * literals and query names are compared without case; query parameters of the template are required.
 */
export class OperationTree<T> {
  readonly #methods = new Map<string, Node<T>>();

  add(operation: OperationSnapshot, target: T): void {
    const [path = '', query = ''] = operation.urlTemplate.split('?', 2);
    const method = operation.method.toUpperCase();
    let node = this.#methods.get(method) ?? emptyNode<T>();
    this.#methods.set(method, node);
    const names: (string | undefined)[] = [];
    const leaf: Leaf<T> = { target, names, query: queryOfTemplate(query) };
    for (const segment of segmentsOf(path)) {
      const rest = segment === '*' ? '*' : /^\{\*([^}]+)\}$/.exec(segment)?.[1];
      if (rest !== undefined) {
        names.push(rest);
        insertByQuery(node.wildcards, leaf);
        return;
      }
      const whole = /^\{([^{}]+)\}$/.exec(segment)?.[1];
      names.push(whole);
      if (whole !== undefined) {
        node.parameter ??= emptyNode<T>();
        node = node.parameter;
      } else if (/\{[^{}]+\}/.test(segment)) node = mixedNode(node, segment);
      else {
        const key = decodeSegment(segment).toLowerCase();
        const next = node.literals.get(key) ?? emptyNode<T>();
        node.literals.set(key, next);
        node = next;
      }
    }
    insertByQuery(node.leaves, leaf);
  }

  match(
    method: string,
    segments: readonly string[],
    query: readonly (readonly [name: string, value: string])[],
  ): OperationMatch<T> | undefined {
    const root = this.#methods.get(method);
    return root === undefined ? undefined : find(root, segments, 0, query, []);
  }
}

function find<T>(
  node: Node<T>,
  segments: readonly string[],
  depth: number,
  query: readonly (readonly [string, string])[],
  mixed: readonly (readonly [string, string])[],
): OperationMatch<T> | undefined {
  const segment = segments[depth];
  if (segment === undefined) {
    const match = firstLeaf(node.leaves, segments, query, mixed);
    if (match) return match;
  } else {
    const decoded = decodeSegment(segment);
    const literal = node.literals.get(decoded.toLowerCase());
    const found = literal && find(literal, segments, depth + 1, query, mixed);
    if (found) return found;
    for (const branch of node.mixed) {
      const parts = branch.pattern.exec(decoded);
      if (parts === null) continue;
      const more = branch.names.map((name, index) => [name, parts[index + 1] ?? ''] as const);
      const inside = find(branch.node, segments, depth + 1, query, [...mixed, ...more]);
      if (inside) return inside;
    }
    const inside =
      segment !== '' && node.parameter ? find(node.parameter, segments, depth + 1, query, mixed) : undefined;
    if (inside) return inside;
  }
  return node.wildcards.length === 0 ? undefined : firstLeaf(node.wildcards, segments, query, mixed, depth);
}

function firstLeaf<T>(
  leaves: readonly Leaf<T>[],
  segments: readonly string[],
  query: readonly (readonly [string, string])[],
  mixed: readonly (readonly [string, string])[],
  restFrom?: number,
): OperationMatch<T> | undefined {
  for (const leaf of leaves) {
    const parameters: Record<string, string> = Object.fromEntries(mixed);
    if (!takeQuery(leaf, query, parameters)) continue;
    leaf.names.forEach((name, depth) => {
      if (name === undefined) return;
      const text = depth === restFrom ? segments.slice(depth).join('/') : (segments[depth] ?? '');
      if (name !== '*') parameters[name] = decodeSegment(text);
    });
    return { target: leaf.target, parameters };
  }
  return undefined;
}

function takeQuery<T>(
  leaf: Leaf<T>,
  query: readonly (readonly [string, string])[],
  parameters: Record<string, string>,
): boolean {
  for (const { name, parameter, value } of leaf.query) {
    const sent = query.find(([key]) => key.toLowerCase() === name);
    if (sent === undefined || (value !== undefined && sent[1] !== value)) return false;
    if (parameter !== undefined) parameters[parameter] = sent[1];
  }
  return true;
}

function queryOfTemplate(query: string): Leaf<unknown>['query'] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const name = decodeSegment(at < 0 ? part : part.slice(0, at)).toLowerCase();
      const value = at < 0 ? '' : part.slice(at + 1);
      const parameter = /^\{([^{}]+)\}$/.exec(value)?.[1];
      return parameter === undefined
        ? { name, ...(value === '' ? {} : { value: decodeSegment(value) }) }
        : { name, parameter };
    });
}

/** Where only the query differs, the template that asks for more is tried first. */
function insertByQuery<T>(leaves: Leaf<T>[], leaf: Leaf<T>): void {
  leaves.push(leaf);
  leaves.sort((a, b) => b.query.length - a.query.length);
}

function mixedNode<T>(node: Node<T>, segment: string): Node<T> {
  const names: string[] = [];
  const source = segment
    .split(/(\{[^{}]+\})/)
    .map((part) => {
      const name = /^\{([^{}]+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name);
      return '(.+?)';
    })
    .join('');
  const branch = { pattern: new RegExp(`^${source}$`, 'i'), names, node: emptyNode<T>() };
  node.mixed.push(branch);
  return branch.node;
}
