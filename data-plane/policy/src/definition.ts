import type { EventHubLogger, PolicyScope, SectionName } from './compiler-types.ts';
import type { PolicyContext } from './context.ts';
import type { ExpressionValues } from './expression-values.ts';
import type { LocatedError } from './policy-error.ts';

/**
 * `end`: the answer is made, nothing of the pipeline runs any more. `answered`: the answer came from a cache; the rest
 * of inbound and the backend are left out, outbound goes on behind the policy that would have stored it.
 */
export type Outcome = undefined | 'end' | 'answered';
export interface Step {
  (context: PolicyContext): Outcome | Promise<Outcome>;
  /** Answers a browser's preflight; true: it is answered, nothing else of the pipeline runs. */
  readonly preflight?: (context: PolicyContext) => boolean;
  /** Stores the answer: where it came from the cache, outbound goes on behind this step. */
  readonly isCacheStore?: boolean;
}
/** An attribute or a text for one request. */
export type Evaluate<T> = (context: PolicyContext) => T;

export type ValueType = 'string' | 'boolean' | 'integer' | 'number' | 'any';

export interface ValueSpec {
  readonly type: ValueType;
  readonly allowsExpression: boolean;
  readonly isRequired?: boolean;
  readonly oneOf?: readonly string[];
  /** Says what is wrong with a literal; undefined: nothing. */
  readonly check?: (value: string) => string | undefined;
  /** A literal must be the id of one. */
  readonly refersTo?: 'backend' | 'logger';
  /** Known, but refused: why its effect cannot be had here. */
  readonly refused?: string;
  /** A Liquid template: no expression, and `{{…}}` is a named value only where there is one of that name. */
  readonly isTemplate?: boolean;
  /** A text may hold elements: they are part of it. */
  readonly takesMarkup?: boolean;
}

interface ValueOptions {
  readonly required?: boolean;
  readonly oneOf?: readonly string[];
  readonly check?: (value: string) => string | undefined;
  readonly refersTo?: 'backend' | 'logger';
}

const spec = (type: ValueType, allowsExpression: boolean, options: ValueOptions): ValueSpec => ({
  type,
  allowsExpression,
  isRequired: options.required ?? false,
  ...(options.oneOf ? { oneOf: options.oneOf } : {}),
  ...(options.check ? { check: options.check } : {}),
  ...(options.refersTo ? { refersTo: options.refersTo } : {}),
});
/** A literal or an expression. */
export const expression = (type: ValueType, options: ValueOptions = {}): ValueSpec => spec(type, true, options);
/** A literal only. */
export const literal = (type: ValueType, options: ValueOptions = {}): ValueSpec => spec(type, false, options);
/** An attribute that is known, but whose effect cannot be had here. */
export const refusedValue = (refused: string): ValueSpec => ({ type: 'string', allowsExpression: true, refused });
export const oneOf = (...values: readonly string[]): ValueSpec => spec('string', true, { oneOf: values });

export interface ChildSpec {
  readonly min: number;
  readonly max: number;
  /** `policies`: any policy of the section. */
  readonly content: ElementSpec | 'policies';
}

/** What an element may hold. */
export interface ElementSpec {
  readonly attributes?: Readonly<Record<string, ValueSpec>>;
  /** `policies`: children are policies of the section (choose's branches, retry). */
  readonly children?: Readonly<Record<string, ChildSpec>> | 'policies';
  /** Where children are policies: only these. */
  readonly onlyPolicies?: readonly string[];
  readonly text?: ValueSpec;
  /** Where the kind of text depends on an attribute, as written. */
  readonly textFor?: (attribute: (name: string) => string | undefined) => ValueSpec;
  readonly needs?: (element: CompiledElement) => BodyNeeds;
  /** Known and checked, but refused: why its effect cannot be had here. */
  readonly refused?: string;
  /** Checks that see the whole element. */
  readonly check?: (element: CheckedElement) => readonly string[];
}

export interface CheckedElement {
  has(attribute: string): boolean;
  hasText(): boolean;
  /** A literal's text; undefined for an expression or where the attribute is absent. */
  literal(attribute: string): string | undefined;
  childCount(name: string): number;
}

export const one = (content: ElementSpec | 'policies' = {}): ChildSpec => ({ min: 1, max: 1, content });
export const optional = (content: ElementSpec | 'policies' = {}): ChildSpec => ({ min: 0, max: 1, content });
export const many = (content: ElementSpec | 'policies' = {}): ChildSpec => ({
  min: 0,
  max: Number.POSITIVE_INFINITY,
  content,
});
export const some = (content: ElementSpec | 'policies' = {}): ChildSpec => ({
  min: 1,
  max: Number.POSITIVE_INFINITY,
  content,
});

/** An element whose values are compiled. `undefined`: the attribute is absent. */
export interface CompiledElement {
  readonly name: string;
  readonly section: SectionName;
  readonly scope: PolicyScope;
  /** An error with the place of this policy: what it does behind its step throws such. */
  readonly locate: (error: unknown) => LocatedError;
  string(attribute: string): Evaluate<string> | undefined;
  boolean(attribute: string, fallback: boolean): Evaluate<boolean>;
  number(attribute: string, fallback: number): Evaluate<number>;
  /** The value as the expression gave it. */
  value(attribute: string): Evaluate<unknown> | undefined;
  /** A literal's text, known when compiled; undefined for an expression. */
  literal(attribute: string): string | undefined;
  /** The element's text. */
  readonly text: Evaluate<unknown>;
  /** The text, known when compiled; undefined for an expression. */
  readonly literalText: string | undefined;
  children(name: string): readonly CompiledElement[];
  /** The children as policies, in order. */
  readonly steps: readonly Step[];
  readonly surroundings: Surroundings;
}

export interface Surroundings {
  /** By id in lower case. */
  readonly backends: ReadonlyMap<string, { readonly id: string; readonly url?: string; readonly pool?: unknown }>;
  /** By id in lower case. */
  readonly loggers: ReadonlyMap<string, EventHubLogger>;
  readonly values: ExpressionValues;
}

/** Bodies that a policy reads: they are whole before its section runs. */
export interface BodyNeeds {
  readonly request?: boolean;
  readonly response?: boolean;
}

export interface PolicyDefinition extends ElementSpec {
  readonly name: string;
  readonly sections: readonly SectionName[];
  /** Absent: all. */
  readonly scopes?: readonly PolicyScope[];
  /** Stands at most once in a section of a document. */
  readonly isOncePerSection?: boolean;
  /** What differs from Azure, for the coverage page. */
  readonly difference?: string;
  compile(element: CompiledElement): Step;
}

export const definePolicy = (definition: PolicyDefinition): PolicyDefinition => definition;

/** A policy that is known and checked, but whose effect cannot be had here. */
export const refusePolicy = (
  definition: Omit<PolicyDefinition, 'compile'> & { readonly refused: string },
): PolicyDefinition => ({ ...definition, compile: () => () => undefined });

export const allSections: readonly SectionName[] = ['inbound', 'backend', 'outbound', 'on-error'];
