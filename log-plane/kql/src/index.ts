export { createKqlCompiler, warmUp } from './compile.ts';
export type {
  CompiledQuery,
  CompileOptions,
  Discovery,
  KqlCompiler,
  KqlDatabase,
  KqlFunction,
  KqlTable,
  RefusedQuery,
  RenderHint,
} from './interface.ts';
