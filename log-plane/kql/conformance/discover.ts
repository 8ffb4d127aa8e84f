import type { CompiledQuery, CompileOptions, KqlCompiler, RefusedQuery } from '../src/interface.ts';
import type { Engine } from './engine.ts';

/** Compiles, and answers the questions after columns that the rows decide. */
export async function compileWithDiscovery(
  compiler: KqlCompiler,
  engine: Engine,
  text: string,
  options: CompileOptions,
): Promise<CompiledQuery | RefusedQuery> {
  const discovered = new Map(options.discovered);
  for (let round = 0; round < 16; round++) {
    const compiled = compiler.compile(text, { ...options, discovered });
    if (compiled.ok || compiled.discovery === undefined) return compiled;
    const { key, sql } = compiled.discovery;
    if (discovered.has(key)) break;
    discovered.set(key, await engine.run(sql));
  }
  throw new Error('The compiler asks for the same columns again.');
}
