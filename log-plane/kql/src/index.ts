export { createKqlCompiler, warmUp } from './compile.ts';
export type {
  CompiledQuery,
  CompileOptions,
  Discovery,
  ExternalSource,
  KqlCompiler,
  KqlDatabase,
  KqlFacts,
  KqlFunction,
  KqlTable,
  KqlTextFacts,
  RefusedQuery,
  RenderHint,
} from './interface.ts';
