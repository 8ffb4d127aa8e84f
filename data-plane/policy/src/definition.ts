import type { PolicyScope, SectionName } from './compiler-types.ts';
import type { PolicyContext } from './context.ts';

/** `end`: the answer is made, nothing of the pipeline runs any more. */
export type Outcome = undefined | 'end';
export type Step = (context: PolicyContext) => Outcome | Promise<Outcome>;
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
}

interface ValueOptions {
  readonly required?: boolean;
  readonly oneOf?: readonly string[];
  readonly check?: (value: string) => string | undefined;
}

const spec = (type: ValueType, allowsExpression: boolean, options: ValueOptions): ValueSpec => ({
  type,
  allowsExpression,
  isRequired: options.required ?? false,
  ...(options.oneOf ? { oneOf: options.oneOf } : {}),
  ...(options.check ? { check: options.check } : {}),
});
/** A literal or an expression. */
export const expression = (type: ValueType, options: ValueOptions = {}): ValueSpec => spec(type, true, options);
/** A literal only. */
export const literal = (type: ValueType, options: ValueOptions = {}): ValueSpec => spec(type, false, options);
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
  readonly text?: ValueSpec;
  /** Checks that see the whole element. */
  readonly check?: (element: CheckedElement) => readonly string[];
}

export interface CheckedElement {
  has(attribute: string): boolean;
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
  string(attribute: string): Evaluate<string> | undefined;
  boolean(attribute: string, fallback: boolean): Evaluate<boolean>;
  number(attribute: string, fallback: number): Evaluate<number>;
  /** The value as the expression gave it. */
  value(attribute: string): Evaluate<unknown> | undefined;
  /** A literal's text, known when compiled; undefined for an expression. */
  literal(attribute: string): string | undefined;
  /** The element's text. */
  readonly text: Evaluate<unknown>;
  children(name: string): readonly CompiledElement[];
  /** The children as policies, in order. */
  readonly steps: readonly Step[];
  readonly surroundings: Surroundings;
}

export interface Surroundings {
  readonly backends: ReadonlyMap<string, { readonly id: string; readonly url?: string }>;
}

export interface PolicyDefinition extends ElementSpec {
  readonly name: string;
  readonly sections: readonly SectionName[];
  /** Absent: all. */
  readonly scopes?: readonly PolicyScope[];
  /** Bodies that the policy reads or changes in a way that needs the whole of it. */
  compile(element: CompiledElement): Step;
}

export const definePolicy = (definition: PolicyDefinition): PolicyDefinition => definition;

export const allSections: readonly SectionName[] = ['inbound', 'backend', 'outbound', 'on-error'];
