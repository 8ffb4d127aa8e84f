import type { Diagnostic } from '@vigia/contract';
import type { QueryAnswer } from './azure-client.ts';
import { isObject } from './error-text.ts';

/** What Vigia adds to Log Analytics' answers: where a query is wrong, how to right it, what an empty one looked at. */
export interface QueryRefusal {
  readonly diagnostics: readonly Diagnostic[];
  /** The corrected query, where one is known. */
  readonly fix?: string;
}

export interface EmptyResult {
  /** Sentences for a person, as the system words them. */
  readonly message?: string;
  /** ISO 8601. */
  readonly searchedFrom?: string;
  readonly searchedTo?: string;
  readonly tables: readonly { readonly name: string; readonly newest?: string }[];
}

/** From an error body; undefined where it is no refusal of a query's text. */
export function refusalIn(body: unknown): QueryRefusal | undefined {
  const holder = find(body, (each) => Array.isArray(each['diagnostics']));
  const diagnostics = ((holder?.['diagnostics'] ?? []) as readonly unknown[]).filter(isDiagnostic);
  const fix = find(body, (each) => each['fix'] !== undefined)?.['fix'];
  const text = isObject(fix) ? fix['text'] : fix;
  if (diagnostics.length === 0 && typeof text !== 'string') return undefined;
  return { diagnostics, ...(typeof text === 'string' ? { fix: text } : {}) };
}

/** The SQL of `--explain`. */
export function sqlIn(answer: QueryAnswer): string | undefined {
  const sql = find(answer, (each) => typeof each['sql'] === 'string')?.['sql'];
  return typeof sql === 'string' ? sql : undefined;
}

export function emptyResultIn(answer: QueryAnswer): EmptyResult | undefined {
  const found = find(answer, (each) => each['emptyResult'] !== undefined)?.['emptyResult'];
  if (!isObject(found)) return undefined;
  const text = (name: string): string | undefined => (typeof found[name] === 'string' ? found[name] : undefined);
  const tables = Array.isArray(found['tables']) ? found['tables'].filter(isObject) : [];
  const [message, searchedFrom, searchedTo] = [text('message'), text('start'), text('end')];
  return {
    ...(message === undefined ? {} : { message }),
    ...(searchedFrom === undefined ? {} : { searchedFrom }),
    ...(searchedTo === undefined ? {} : { searchedTo }),
    tables: tables.map((table) => ({
      name: String(table['name'] ?? table['table']),
      ...(typeof table['newest'] === 'string' ? { newest: table['newest'] } : {}),
    })),
  };
}

/** Depth first through objects (not lists), so it does not matter whether `error` or `innererror` holds it. */
function find(
  value: unknown,
  has: (each: Record<string, unknown>) => boolean,
  depth = 4,
): Record<string, unknown> | undefined {
  if (!isObject(value) || depth === 0) return undefined;
  if (has(value)) return value;
  for (const inner of Object.values(value)) {
    const found = find(inner, has, depth - 1);
    if (found) return found;
  }
  return undefined;
}

const isDiagnostic = (value: unknown): value is Diagnostic =>
  isObject(value) &&
  typeof value['message'] === 'string' &&
  typeof value['line'] === 'number' &&
  typeof value['column'] === 'number';
