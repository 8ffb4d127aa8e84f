import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@vigia/contract';
import { loadCSharp } from '@vigia/expression';
import type { TokenCounter } from '@vigia/policy';
import { estimateWith, openTokenizer } from '@vigia/tokenizer';
import { runTestFile, type TestFileResult } from './run-test-file.ts';

/** Every `*.test.yaml` (`.yml`) of a folder and the folders below, or the file itself, in the order of their names. */
export function testFilesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) return testFilesIn(inside);
      return /\.test\.ya?ml$/i.test(entry.name) ? [inside] : [];
    });
}

/** Runs files of tests one after another. */
export async function runPolicyTests(
  files: readonly string[],
  isChosen: (name: string) => boolean = () => true,
): Promise<readonly TestFileResult[]> {
  const runner = { csharp: await loadCSharp(), tokens, isChosen };
  const results: TestFileResult[] = [];
  for (const file of files) results.push(await runTestFile(file, runner));
  return results;
}

const tokenizerOf = async (model: string) => (await openTokenizer(model)) ?? (await estimateWith(model));

const tokens: TokenCounter = {
  text: async (model, text) => (await tokenizerOf(model)).count(text),
  chat: async (model, messages, tools) =>
    (await tokenizerOf(model)).countChatPrompt(
      messages as readonly Readonly<Record<string, JsonValue>>[],
      tools as readonly JsonValue[] | undefined,
    ),
};
