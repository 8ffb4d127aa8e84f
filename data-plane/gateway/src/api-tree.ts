import type { ApiSnapshot } from '@vigia/contract';
import { decodeSegment, segmentsOf } from './operation-tree.ts';

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  current: T | undefined;
  readonly byRevision: Map<string, T>;
}

const emptyNode = <T>(): Node<T> => ({ children: new Map(), current: undefined, byRevision: new Map() });

export interface ApiMatch<T> {
  readonly target: T;
  /** The path behind the API's own. */
  readonly rest: readonly string[];
}

/** The APIs of one service: the longest path wins, on segment borders; `;rev=N` ends the API's path. */
export class ApiTree<T> {
  readonly #root: Node<T> = emptyNode();

  add(api: ApiSnapshot, target: T): void {
    let node = this.#root;
    for (const segment of segmentsOf(api.path)) {
      const key = decodeSegment(segment).toLowerCase();
      const next = node.children.get(key) ?? emptyNode<T>();
      node.children.set(key, next);
      node = next;
    }
    if (api.isCurrent) node.current = target;
    node.byRevision.set(api.revision, target);
  }

  match(segments: readonly string[]): ApiMatch<T> | undefined {
    let best: ApiMatch<T> | undefined;
    let node: Node<T> | undefined = this.#root;
    for (let depth = 0; node !== undefined; depth++) {
      if (node.current !== undefined) best = { target: node.current, rest: segments.slice(depth) };
      const segment = segments[depth];
      if (segment === undefined) return best;
      const revision = segment.lastIndexOf(';rev=');
      if (revision >= 0) {
        const name = decodeSegment(segment.slice(0, revision)).toLowerCase();
        const target: T | undefined = (name === '' ? node : node.children.get(name))?.byRevision.get(
          segment.slice(revision + ';rev='.length),
        );
        return target === undefined ? undefined : { target, rest: segments.slice(depth + 1) };
      }
      node = node.children.get(decodeSegment(segment).toLowerCase());
    }
    return best;
  }
}
