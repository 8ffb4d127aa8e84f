import { distance } from 'fastest-levenshtein';
import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type TestFile, testFileSchema } from './test-file-schema.ts';

/** A mistake of the file itself; line and column are 1-based. */
export interface TestFileMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ReadTestFile =
  | { readonly file: TestFile; readonly lineOf: (path: readonly PropertyKey[]) => number }
  | { readonly mistakes: readonly TestFileMistake[] };

/** YAML → a file of tests, or every mistake in it with the key that is meant. */
export function readTestFile(text: string): ReadTestFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number, message: string): TestFileMistake => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, message };
  };
  if (document.errors.length > 0) {
    return { mistakes: document.errors.map(({ pos, message }) => at(pos[0], message.split('\n')[0] ?? message)) };
  }
  const offsetOf = (path: readonly PropertyKey[], isKey = false): number => placeIn(document, path, isKey);
  const parsed = testFileSchema.safeParse(document.toJS());
  if (parsed.success) {
    return { file: parsed.data, lineOf: (path) => lines.linePos(offsetOf(path, true)).line };
  }
  const mistakes = parsed.error.issues
    .flatMap((issue) => mistakesOf(issue, []))
    .map(({ path, isKey, message }) => at(offsetOf(path, isKey), message));
  return { mistakes: mistakes.sort((a, b) => a.line - b.line || a.column - b.column) };
}

interface Placed {
  readonly path: readonly PropertyKey[];
  readonly isKey: boolean;
  readonly message: string;
}

function mistakesOf(issue: z.core.$ZodIssue, before: readonly PropertyKey[]): readonly Placed[] {
  const path = [...before, ...issue.path];
  const place = path.length === 0 ? 'The file' : `'${path.map(String).join('.')}'`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        isKey: true,
        message: `${place} has no key '${key}'.${didYouMean(key, knownKeys(path))}`,
      }));
    case 'invalid_union': {
      // The branch that fits best tells its mistakes: the one that got as far as single keys.
      const [best] = [...issue.errors].sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length);
      return (best ?? []).flatMap((inner) => mistakesOf(inner, path));
    }
    default:
      return [{ path, isKey: false, message: `${place}: ${issue.message}.`.replace('..', '.') }];
  }
}

/** A branch that complains of a key or of a value inside took the value for what it is. */
const depthOf = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.min(...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)));

function didYouMean(key: string, known: readonly string[]): string {
  const [nearest] = known
    .map((name) => ({ name, far: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const meant = nearest && nearest.far <= 3 ? ` Was '${nearest.name}' meant?` : '';
  return `${meant} It takes ${known.join(', ')}.`;
}

/** The keys that the schema has at a path. */
function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schemas: readonly unknown[] = [testFileSchema];
  for (const step of path) schemas = schemas.flatMap((schema) => inside(schema, step));
  return [...new Set(schemas.flatMap(unwrapped).flatMap((schema) => Object.keys(shapeOf(schema))))];
}

interface Definition {
  readonly type?: string;
  readonly innerType?: unknown;
  readonly options?: readonly unknown[];
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly valueType?: unknown;
  readonly element?: unknown;
}
const definitionOf = (schema: unknown): Definition => (schema as { readonly def?: Definition }).def ?? {};
const shapeOf = (schema: unknown): Readonly<Record<string, unknown>> => definitionOf(schema).shape ?? {};

function unwrapped(schema: unknown): readonly unknown[] {
  const { innerType, options } = definitionOf(schema);
  if (innerType !== undefined) return unwrapped(innerType);
  return options === undefined ? [schema] : options.flatMap(unwrapped);
}

const inside = (schema: unknown, step: PropertyKey): readonly unknown[] =>
  unwrapped(schema).flatMap((one) => {
    const { valueType, element } = definitionOf(one);
    const next = shapeOf(one)[String(step)] ?? valueType ?? element;
    return next === undefined ? [] : [next];
  });

/** Offset of a value, or of its key. What is not there is told at what is nearest around it. */
function placeIn(document: Document, path: readonly PropertyKey[], isKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const key = path[length - 1];
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isKey && isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key);
      const range = (pair?.key as Node | undefined)?.range;
      if (range) return range[0];
    }
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
