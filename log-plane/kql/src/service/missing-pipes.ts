import type { Diagnostic } from '@vigia/contract';
import { type Insertion, originalPosition } from '../bind/context.ts';
import type { RefusedQuery } from '../interface.ts';
import type { TextEdit } from './advice/edits.ts';
import { diagnosticAt, diagnosticsOf } from './diagnostics.ts';
import { analyse, type Globals, L, list } from './kusto.ts';

/** Operators that stand after a pipe. Hyphenated ones are one token for the parser. */
const OPERATORS = new Set(
  (
    'as consume count distinct evaluate extend facet filter find fork getschema invoke join limit lookup make-series ' +
    'mv-apply mv-expand mvexpand mvapply order parse parse-kv parse-where partition project project-away project-keep project-rename ' +
    'project-reorder reduce render sample sample-distinct scan search serialize sort summarize take top top-hitters ' +
    'top-nested union where'
  ).split(' '),
);

/** After these an operator's name needs no pipe. */
const OPENERS = new Set(['|', '(', ';', '=', '{', ',', 'by']);

interface LexicalToken {
  readonly Trivia: string | null;
  readonly Text: string | null;
  readonly TextStart?: number;
}

export interface MissingPipes {
  readonly fix: NonNullable<RefusedQuery['fix']>;
  /** The missing pipes, then what is wrong besides: what only followed from a missing pipe is left out. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts `| ` before every operator name that begins a line without one. Known only where the corrected text has fewer
 * errors than the original: the parser itself has no message for a missing pipe.
 */
export function findMissingPipes(text: string, globals: Globals, errorCount: number): MissingPipes | undefined {
  const parsed = L.KustoCode.Parse(text, globals);
  let position = 0;
  let previous = '';
  let corrected = '';
  const places: { start: number; name: string }[] = [];
  const insertions: Insertion[] = [];
  const edits: TextEdit[] = [];
  for (const token of list<LexicalToken>(parsed?.GetLexicalTokens())) {
    const trivia = token.Trivia ?? '';
    const name = token.Text ?? '';
    const start = position + trivia.length;
    const beginsLine = trivia.includes('\n');
    corrected += trivia;
    if (beginsLine && previous !== '' && OPERATORS.has(name) && !OPENERS.has(previous)) {
      places.push({ start, name });
      insertions.push({ position: corrected.length, length: 2 });
      edits.push({ start, length: 0, text: '| ' });
      corrected += '| ';
    }
    corrected += name;
    position = start + name.length;
    previous = name;
  }
  corrected += text.slice(position);
  if (places.length === 0) return undefined;
  const again = analyse(corrected, globals);
  if ('failure' in again) return undefined;
  const left = diagnosticsOf(again, text, (at) => originalPosition(insertions, at));
  if (left.filter(({ severity }) => severity === 'error').length >= errorCount) return undefined;
  return {
    fix: { text: corrected, description: 'A | before each operator that begins a line', edits },
    diagnostics: [
      ...places.map(({ start, name }) =>
        diagnosticAt(
          text,
          'kql.missingPipe',
          `The | before the operator '${name}' is missing.`,
          { start, length: name.length },
          { subject: name, hint: `Write | ${name} …` },
        ),
      ),
      ...left,
    ],
  };
}
