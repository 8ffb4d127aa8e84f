import type { Diagnostic, JsonObject, JsonValue } from '@vigia/contract';
import type { z } from 'zod';
import type { ResourceType, Sku } from './interface.ts';

/** What a resource has beside its properties; only what its type allows. */
export interface Envelope {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly sku?: Sku;
  readonly identity?: { readonly type: string };
}

/** What the server has set and no file says; kept in the resource log. `createdAt` is ISO 8601. */
export interface Facts {
  readonly createdAt: string;
  readonly principalId?: string;
  readonly clientId?: string;
  readonly customerId?: string;
}

/** A resource as it is kept: what a file says, and what the server has set. Secrets are in the vault. */
export interface Stored {
  readonly id: string;
  /** `id` in lower case. */
  readonly key: string;
  readonly name: string;
  readonly definition: ResourceDefinition;
  /** Key of the resource above it, or of the subscription. */
  readonly parent: string;
  readonly envelope: Envelope;
  /** As given, in the order of the schema, without defaults; ids of the same service are relative. */
  readonly properties: JsonObject;
  readonly facts: Facts;
  /** Paths of properties that Vigia does not know. */
  readonly unknown?: readonly string[];
  /** Grows with each creation. */
  readonly order: number;
  /** Grows with each change of anything. */
  readonly revision: number;
}

/** The compiler of `@vigia/policy`, as far as saving a policy needs it. */
export interface PolicyTools {
  check(
    document: string,
    options: {
      readonly scope: 'global' | 'product' | 'api' | 'operation' | 'fragment';
      readonly format?: 'xml' | 'rawxml';
      readonly namedValues?: readonly { readonly name: string; readonly value: string; readonly secret?: boolean }[];
      readonly fragments?: readonly { readonly id: string; readonly document: string }[];
      readonly backends?: readonly { readonly id: string }[];
    },
  ): readonly Diagnostic[];
  /** A bare `<inbound>` becomes a whole document. */
  completeDocument(text: string): string;
  toRawXml(document: string): string;
}

/** What a check may look at: all resources as they would be after the change. */
export interface World {
  get(key: string): Stored | undefined;
  /** Of one type (Azure's casing), below a key; in order of creation. */
  list(type: string, under: string): readonly Stored[];
  secret(key: string, name: string): string | undefined;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly addresses: { readonly gateway: string; readonly management: string; readonly openai: string };
  readonly knownRoleDefinition: (guid: string) => boolean;
}

/** One more mistake; `target` is the property's path (`pool.services[0].id`). */
export type Report = (target: string, message: string) => void;

/** An id in a property that has to lead to something. */
export interface Reference {
  readonly property: string;
  /** Key of what is meant. */
  readonly to: string;
  /** "Logger not found." names it. */
  readonly noun: string;
  /** What becomes of this resource when the other one is deleted. */
  readonly onDelete: 'refuse' | 'cascade';
}

/** Where the resource lies below its parent's folder. */
export type Place =
  | {
      readonly kind: 'folder';
      readonly folder: string;
      readonly file: string;
      /** A long text property that is a file of its own. */
      readonly text?: { readonly property: string; readonly file: string };
      /** `specification.json` or `specification.yaml`, kept as it came. */
      readonly hasSpecification?: boolean;
    }
  | { readonly kind: 'file'; readonly file: string; readonly property: string };

export type PolicyScopeName = 'global' | 'product' | 'api' | 'operation' | 'fragment';

/** A type of resource. Adding one is adding one of these to the table. */
export interface ResourceDefinition extends ResourceType {
  readonly name: { readonly pattern: RegExp; readonly maxLength: number };
  /** Which parts of the envelope it has, and which of them must be given. */
  readonly envelope: readonly ('location' | 'tags' | 'kind' | 'sku' | 'identity')[];
  readonly requires?: readonly ('location' | 'kind' | 'sku')[];
  readonly kinds?: readonly string[];
  readonly skus?: readonly string[];
  readonly properties: z.ZodObject;
  /** Top-level properties that the server sets: ignored when given. */
  readonly readOnly: readonly string[];
  /** Code of the error for a body with mistakes. */
  readonly mistakeCode: 'ValidationError' | 'InvalidRequestContent' | 'BadRequest';
  readonly place: Place;
  /** Made by Azure with its parent; cannot be deleted and need not be in the folder. */
  readonly builtIn?: readonly string[];
  /** Secrets that are made where none are given. */
  readonly generated?: Readonly<Record<string, 'hex32' | 'openAi' | 'base64'>>;
  /** Those of `secrets` that a GET shows all the same, as Azure does: in the vault only to keep files clean. */
  readonly shownSecrets?: readonly string[];
  /** Which of `secrets` really are secret in this body; absent: all. */
  readonly isSecret?: (name: string, properties: JsonObject) => boolean;
  /** It has `principalId` while its identity is on, `customerId` … */
  readonly facts?: readonly ('customerId' | 'identity')[];
  /** Its text is a policy of this scope, in this property. */
  readonly policy?: { readonly scope: PolicyScopeName; readonly property: string };
  /** Ids made relative, texts made canonical. */
  readonly normalize?: (
    properties: JsonObject,
    context: { readonly parent: string; readonly name: string },
  ) => JsonObject;
  readonly references?: (resource: Stored) => readonly Reference[];
  /** What no schema can say. Throws a Problem for what is no mistake in a property. */
  readonly check?: (resource: Stored, world: World, report: Report) => void;
  /** Properties as a GET shows them. */
  readonly show?: (resource: Stored, world: World) => JsonObject;
  readonly defaults?: JsonObject;
  /** What Azure makes with it: path below it, and properties. */
  readonly children?: readonly { readonly path: string; readonly properties: JsonObject }[];
}

export const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
export const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);
export const object = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
