import { createKqlCompiler } from '../compile.ts';
import { createGlobals } from '../service/database.ts';
import { classify } from './classify.ts';
import { complete } from './complete.ts';
import { createDocuments } from './document.ts';
import { format } from './format.ts';
import { hover } from './hover.ts';
import type { EditorDiagnostic, KqlEditorDatabase, KqlEditorService } from './interface.ts';
import { definition, references, rename } from './related.ts';
import { signatureAt } from './signature.ts';

/** An editor's service for one schema; make a new one when tables change. Runs in a browser (best in a worker) and in Node. */
export function createKqlEditorService(database: KqlEditorDatabase): KqlEditorService {
  // Nothing is run: what the tables stand for in SQL does not matter.
  const tables = database.tables.map((table) => ({ ...table, relation: 'nothing' }));
  const whole = { ...database, tables };
  const compiler = createKqlCompiler(whole);
  const globals = createGlobals(whole);
  const documentOf = createDocuments(globals);
  return {
    complete: (text, position) => {
      const document = documentOf(text);
      return document === undefined
        ? { range: { start: position, length: 0 }, items: [] }
        : complete(document, within(text, position));
    },
    hover: (text, position) => {
      const document = documentOf(text);
      return document === undefined ? undefined : hover(document, within(text, position));
    },
    signature: (text, position) => {
      const document = documentOf(text);
      return document === undefined ? undefined : signatureAt(document, globals, within(text, position));
    },
    format: (text) => {
      const document = documentOf(text);
      return document === undefined ? undefined : format(document);
    },
    diagnose: (text) => (text.trim() === '' ? [] : diagnose(compiler, text)),
    classify: (text) => {
      const document = documentOf(text);
      return document === undefined ? [] : classify(document);
    },
    definition: (text, position) => {
      const document = documentOf(text);
      return document === undefined ? undefined : definition(document, within(text, position));
    },
    references: (text, position) => {
      const document = documentOf(text);
      return document === undefined ? [] : references(document, within(text, position));
    },
    rename: (text, position, name) => {
      const document = documentOf(text);
      return document === undefined ? undefined : rename(document, within(text, position), name);
    },
  };
}

const within = (text: string, position: number): number => Math.max(0, Math.min(text.length, position));

function diagnose(compiler: ReturnType<typeof createKqlCompiler>, text: string): readonly EditorDiagnostic[] {
  const compiled = compiler.compile(text, { now: 0n });
  if (compiled.ok) return compiled.warnings;
  if (compiled.discovery !== undefined) return [];
  return compiled.diagnostics.map((diagnostic, index) => {
    const fixes = (compiled.fixes ?? [])
      .filter((fix) => fix.diagnostic === index)
      .map(({ description, edits }) => ({ description, edits }));
    return fixes.length === 0 ? diagnostic : { ...diagnostic, fixes };
  });
}
