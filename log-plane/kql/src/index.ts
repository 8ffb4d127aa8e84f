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
  QueryFix,
  RefusedQuery,
  RenderHint,
} from './interface.ts';
export type { TextEdit } from './service/advice/edits.ts';
