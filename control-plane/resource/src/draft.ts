import type { Stored, World } from './definition.ts';
import { listBelow, ResourceSet } from './resource-set.ts';

export type Secrets = Readonly<Record<string, string>>;

/** A specification as it came. */
export interface Attachment {
  readonly format: 'json' | 'yaml';
  readonly text: string;
}

/** The text of a policy as its author wrote it: mistakes are told by its places, not by those of what is kept. */
export interface WrittenPolicy {
  readonly text: string;
  readonly format: 'xml' | 'rawxml';
}

export interface Surroundings
  extends Pick<World, 'subscriptionId' | 'tenantId' | 'addresses' | 'knownRoleDefinition'> {}

/** Where a draft starts from. */
export interface Base {
  readonly resources: ResourceSet;
  readonly secrets: ReadonlyMap<string, Secrets>;
  readonly order: number;
  readonly revision: number;
}

/** All resources as they would be after some changes; nothing of it is in force yet. */
export class Draft implements World {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly addresses: World['addresses'];
  readonly knownRoleDefinition: World['knownRoleDefinition'];
  /** By key; undefined: deleted. */
  readonly changed = new Map<string, Stored | undefined>();
  readonly changedSecrets = new Map<string, Secrets | undefined>();
  readonly attachments = new Map<string, Attachment>();
  readonly written = new Map<string, WrittenPolicy>();
  readonly #base: Base;
  /** Those of `changed` that are there, for `list`. */
  readonly #added = new ResourceSet();
  #order: number;
  #revision: number;

  constructor(base: Base, surroundings: Surroundings) {
    this.#base = base;
    this.#order = base.order;
    this.#revision = base.revision;
    this.subscriptionId = surroundings.subscriptionId;
    this.tenantId = surroundings.tenantId;
    this.addresses = surroundings.addresses;
    this.knownRoleDefinition = surroundings.knownRoleDefinition;
  }

  get(key: string): Stored | undefined {
    return this.changed.has(key) ? this.changed.get(key) : this.#base.resources.get(key);
  }

  /** As it was before the draft. */
  before(key: string): Stored | undefined {
    return this.#base.resources.get(key);
  }

  list(type: string, under: string): readonly Stored[] {
    return listBelow(this, type, under);
  }

  *typesBelow(key: string): Iterable<string> {
    const types = new Set([...this.#base.resources.typesBelow(key), ...this.#added.typesBelow(key)]);
    yield* types;
  }

  *below(key: string, type: string): Iterable<Stored> {
    for (const resource of this.#base.resources.below(key, type)) if (!this.changed.has(resource.key)) yield resource;
    yield* this.#added.below(key, type);
  }

  put(resource: Stored): void {
    this.changed.set(resource.key, resource);
    this.#added.set(resource);
  }

  /** Nothing has changed after all. */
  keep(key: string): void {
    this.changed.delete(key);
    this.#added.delete(key);
    this.written.delete(key);
  }

  delete(key: string): void {
    this.changed.set(key, undefined);
    this.#added.delete(key);
    this.attachments.delete(key);
    this.written.delete(key);
    if (this.secretsOf(key) !== undefined) this.changedSecrets.set(key, undefined);
  }

  secretsOf(key: string): Secrets | undefined {
    return this.changedSecrets.has(key) ? this.changedSecrets.get(key) : this.#base.secrets.get(key);
  }

  secret(key: string, name: string): string | undefined {
    return this.secretsOf(key)?.[name];
  }

  setSecrets(key: string, secrets: Secrets): void {
    const isEmpty = Object.keys(secrets).length === 0;
    if (isEmpty && this.secretsOf(key) === undefined) return;
    this.changedSecrets.set(key, isEmpty ? undefined : secrets);
  }

  nextOrder(): number {
    this.#order += 1;
    return this.#order;
  }

  nextRevision(): number {
    this.#revision += 1;
    return this.#revision;
  }

  get order(): number {
    return this.#order;
  }

  get revision(): number {
    return this.#revision;
  }
}
