import type { Stored } from './definition.ts';
import { definitionOf } from './type-table.ts';

/** All resources by key, and what lies directly below each by type. */
export class ResourceSet {
  readonly #byKey = new Map<string, Stored>();
  readonly #children = new Map<string, Map<string, Set<string>>>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): Stored | undefined {
    return this.#byKey.get(key);
  }

  all(): Iterable<Stored> {
    return this.#byKey.values();
  }

  /** Types that have something directly below `key`. */
  typesBelow(key: string): Iterable<string> {
    return this.#children.get(key)?.keys() ?? [];
  }

  below(key: string, type: string): Iterable<Stored> {
    return this.#stored(this.#children.get(key)?.get(type));
  }

  set(resource: Stored): void {
    this.#byKey.set(resource.key, resource);
    const types = this.#children.get(resource.parent) ?? new Map<string, Set<string>>();
    this.#children.set(resource.parent, types);
    const keys = types.get(resource.definition.type) ?? new Set();
    types.set(resource.definition.type, keys);
    keys.add(resource.key);
  }

  delete(key: string): void {
    const resource = this.#byKey.get(key);
    if (resource === undefined) return;
    this.#byKey.delete(key);
    const types = this.#children.get(resource.parent);
    const keys = types?.get(resource.definition.type);
    keys?.delete(key);
    if (keys?.size === 0) types?.delete(resource.definition.type);
    if (types?.size === 0) this.#children.delete(resource.parent);
  }

  *#stored(keys: Iterable<string> = []): Iterable<Stored> {
    for (const key of keys) {
      const resource = this.#byKey.get(key);
      if (resource !== undefined) yield resource;
    }
  }
}

/** What `list` needs of a set, or of a draft over one. */
export interface Tree {
  typesBelow(key: string): Iterable<string>;
  below(key: string, type: string): Iterable<Stored>;
}

/** All of a type below a key, in order of creation. Goes only where such a thing can be. */
export function listBelow(tree: Tree, type: string, under: string): readonly Stored[] {
  const found: Stored[] = [];
  const isExtension = definitionOf(type)?.isExtension ?? false;
  walk(under);
  return found.sort((one, other) => one.order - other.order);

  function walk(key: string): void {
    for (const here of tree.typesBelow(key)) {
      if (here === type) found.push(...tree.below(key, here));
      else if (isExtension || here === 'Microsoft.Resources/resourceGroups' || type.startsWith(`${here}/`))
        for (const child of tree.below(key, here)) walk(child.key);
    }
  }
}

/** Everything below a key, parents first. */
export function descendants(tree: Tree, key: string): readonly Stored[] {
  const found: Stored[] = [];
  for (const type of tree.typesBelow(key))
    for (const child of tree.below(key, type)) found.push(child, ...descendants(tree, child.key));
  return found;
}
