export { createKqlCompiler, warmUp } from './compile.ts';
export { createKqlEditorService } from './editor/create-editor-service.ts';
export type {
  ColoredRange,
  ColorKind,
  Completion,
  CompletionItem,
  CompletionKind,
  EditorDiagnostic,
  Hover,
  KqlEditorDatabase,
  KqlEditorService,
  Signature,
  SignatureHelp,
  TextRange,
} from './editor/interface.ts';
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
