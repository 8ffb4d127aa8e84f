export { createKqlCompiler, warmUp } from './compile.ts';
export type {
  CompiledQuery,
  CompileOptions,
  KqlCompiler,
  KqlDatabase,
  KqlTable,
  RefusedQuery,
  RenderHint,
} from './interface.ts';
