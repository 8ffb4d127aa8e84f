import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { JsonValue } from '@vigia/contract';

export interface YamlMistake {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
}

export type YamlReading =
  | { readonly kind: 'read'; readonly value: JsonValue; readonly versionsRead: readonly string[] }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly YamlMistake[] }
  /** It would have cost more time or memory than it may. */
  | { readonly kind: 'too costly'; readonly reason: string };

export interface YamlLimits {
  /** Milliseconds. */
  readonly timeMs: number;
  /** MB of heap. */
  readonly memoryMb: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs in the thread. Text, because a thread starts from JavaScript and the sources of a room are TypeScript when they
 * are tested. `uniqueKeys` of the library compares every key with every other one, so equal keys are found here.
 * Versions that are numbers in YAML (`openapi: 3.1`, `version: 1.10`) are taken as they were written.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { LineCounter, isScalar, parseDocument, visit } = require(workerData.library);
const lines = new LineCounter();
const document = parseDocument(workerData.text, {
  uniqueKeys: false, merge: true, prettyErrors: false, logLevel: 'error', stringKeys: false, lineCounter: lines,
});
const at = (offset) => ({ line: lines.linePos(offset).line, column: lines.linePos(offset).col });
const mistakes = document.errors.slice(0, 10).map((error) => ({ ...at(error.pos[0]), message: error.message }));
if (mistakes.length === 0)
  visit(document, {
    Map(_, map) {
      const names = new Set();
      for (const { key } of map.items) {
        const place = at(key?.range?.[0] ?? map.range?.[0] ?? 0);
        if (!isScalar(key)) mistakes.push({ ...place, message: 'a name must be plain text' });
        else if (names.has(String(key.value)) && String(key.value) !== '<<')
          mistakes.push({ ...place, message: "the name '" + key.value + "' stands twice in the same mapping" });
        else names.add(String(key.value));
        if (mistakes.length >= 10) return visit.BREAK;
      }
    },
  });
const versionsRead = [];
for (const path of [['openapi'], ['swagger'], ['info', 'version']]) {
  if (mistakes.length > 0 || !document.contents?.getIn) break;
  const scalar = document.getIn(path, true);
  if (!isScalar(scalar) || typeof scalar.value !== 'number' || scalar.source === undefined) continue;
  scalar.value = scalar.source;
  versionsRead.push(path.join('.'));
}
let answer = mistakes.some(({ message }) => /call stack/.test(message))
  ? { kind: 'too costly', reason: 'it is nested too deeply' }
  : { kind: 'mistakes', mistakes };
if (mistakes.length === 0)
  try {
    answer = { kind: 'read', value: document.toJS({ maxAliasCount: 10000 }), versionsRead };
  } catch (error) {
    answer = error instanceof ReferenceError && /alias count/.test(error.message)
      ? { kind: 'too costly', reason: 'its aliases stand for too many repetitions' }
      : { kind: 'mistakes', mistakes: [{ line: 1, column: 1, message: error.message }] };
  }
parentPort.postMessage(answer);
`;

/** Reads YAML in a thread of its own: megabytes take seconds, in which this process has others to answer. */
export async function readYaml(text: string, limits: YamlLimits): Promise<YamlReading> {
  const worker = new Worker(program, {
    eval: true,
    execArgv: [],
    stdout: true,
    stderr: true,
    workerData: { text, library: createRequire(import.meta.url).resolve('yaml') },
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, stackSizeMb: 4 },
  });
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  try {
    return await new Promise<YamlReading>((resolve, reject) => {
      timer = setTimeout(
        () => resolve({ kind: 'too costly', reason: `reading it takes more than ${limits.timeMs} ms` }),
        limits.timeMs,
      );
      abort = () => reject(limits.signal?.reason);
      if (limits.signal?.aborted) abort();
      limits.signal?.addEventListener('abort', abort, { once: true });
      worker.once('message', resolve);
      worker.once('error', (error) => {
        const isMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        if (isMemory || error instanceof RangeError)
          resolve({
            kind: 'too costly',
            reason: isMemory ? `reading it takes more than ${limits.memoryMb} MB` : 'it is nested too deeply',
          });
        else reject(error);
      });
      worker.once('exit', () => reject(new Error('The thread that reads YAML ended without an answer')));
    });
  } finally {
    clearTimeout(timer);
    if (abort) limits.signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
