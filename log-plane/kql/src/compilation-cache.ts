import type { CompiledQuery, CompileOptions } from './interface.ts';

/** Texts that were compiled, with SQL that lacks only its moments. */
export interface CompilationCache {
  get(text: string, options: CompileOptions): CompiledQuery | undefined;
  set(text: string, options: CompileOptions, compiled: CompiledQuery): void;
}

/** Dashboards and alerts ask the same texts again and again; what is asked once goes first. */
const MAX_TEXTS = 500;
/** UTF-16 units of all kept SQL and texts. */
const MAX_LENGTH = 8_000_000;

export function createCompilationCache(): CompilationCache {
  const kept = new Map<string, { readonly compiled: CompiledQuery; readonly length: number }>();
  let length = 0;
  const drop = (key: string): void => {
    length -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    get(text, options) {
      const key = keyOf(text, options);
      const found = key === undefined ? undefined : kept.get(key);
      if (key === undefined || found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found.compiled;
    },
    set(text, options, compiled) {
      const key = keyOf(text, options);
      const size = text.length + compiled.sql.length;
      if (key === undefined || size > MAX_LENGTH / 10) return;
      drop(key);
      kept.set(key, { compiled, length: size });
      length += size;
      for (const oldest of kept.keys()) {
        if (kept.size <= MAX_TEXTS && length <= MAX_LENGTH) break;
        drop(oldest);
      }
    },
  };
}

/** What SQL depends on beside the schema; undefined: on rows as well. */
function keyOf(text: string, { timespan, discovered, maxTextLength }: CompileOptions): string | undefined {
  if (discovered !== undefined) return undefined;
  return `${timespan === undefined ? 'all' : 'range'} ${maxTextLength ?? ''} ${text}`;
}
