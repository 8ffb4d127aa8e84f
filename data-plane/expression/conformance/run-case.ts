import { type CSharp, ExpressionError } from '../src/csharp.ts';
import { type CorpusCase, corpusContext, type Expected } from './corpus-context.ts';
import { type Described, describeValue } from './describe-value.ts';

export type Outcome =
  | { readonly kind: 'exact' }
  /** Refused by name: when compiled, or where a value would be a guess. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string }
  /** An error of ours, none of C#'s. */
  | { readonly kind: 'crashed'; readonly message: string };

/** Compiles and evaluates a case, and compares value, type and text with what .NET made of it. */
export function runCase(csharp: CSharp, item: CorpusCase): Outcome {
  const { expected } = item;
  try {
    const compiled = csharp.compile(item.expression);
    const [mistake] = compiled.diagnostics;
    if (mistake) {
      if (expected.compileError !== undefined || item.unlisted) return { kind: 'exact' };
      return { kind: 'refused', message: mistake.message };
    }
    if (expected.compileError !== undefined)
      return { kind: 'wrong', message: `compiled, and C# refuses it (${expected.compileError})` };
    const described = describeValue(compiled.evaluate(corpusContext(item)));
    const difference = compare(described, expected);
    return difference === undefined ? { kind: 'exact' } : { kind: 'wrong', message: difference };
  } catch (error) {
    if (!(error instanceof ExpressionError))
      return { kind: 'crashed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    if (error.type === 'Vigia.NotSupported') return { kind: 'refused', message: error.message };
    if (error.type === expected.error) return { kind: 'exact' };
    return {
      kind: 'wrong',
      message: `threw ${error.type}: ${error.message}; expected ${expected.error ?? JSON.stringify(expected).slice(0, 200)}`,
    };
  }
}

/** What differs; undefined where nothing does. */
function compare(given: Described, expected: Expected): string | undefined {
  const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 200) ?? 'undefined';
  if (expected.error !== undefined) return `is ${show(given)}; expected ${expected.error}`;
  const wanted = expected.type;
  if (given.type !== wanted)
    return `is a ${given.type} (${show(given.value)}); expected a ${wanted} (${show(expected.value)})`;
  if (expected.anyValue) return undefined;
  if (!sameValue(given.value, expected.value)) return `is ${show(given.value)}; expected ${show(expected.value)}`;
  const text = Object.hasOwn(expected, 'toString') ? (expected.toString as unknown) : undefined;
  if (typeof text === 'string' && given.toString !== text && typeof given.toString === 'string')
    return `its text is ${show(given.toString)}; expected ${show(text)}`;
  if (expected.jtype !== undefined && given.jtype !== expected.jtype)
    return `is a JSON ${given.jtype}; expected a ${expected.jtype}`;
  return undefined;
}

/** `expected` may leave parts of an item out. */
function sameValue(given: unknown, expected: unknown): boolean {
  if (Array.isArray(expected))
    return (
      Array.isArray(given) &&
      given.length === expected.length &&
      expected.every((item, index) => sameValue(given[index], item))
    );
  if (typeof expected === 'object' && expected !== null) {
    if (typeof given !== 'object' || given === null) return false;
    return Object.entries(expected).every(([name, value]) => {
      const own = Object.getOwnPropertyDescriptor(given, name)?.value;
      return name === 'toString' && own === undefined ? true : sameValue(own, value);
    });
  }
  return given === expected;
}
