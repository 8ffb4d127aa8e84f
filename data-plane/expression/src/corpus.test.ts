import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agrees, type CorpusCase, corpusContext } from './corpus-case.ts';
import { ExpressionError } from './csharp.ts';
import { loadCSharp } from './load-csharp.ts';

const folder = new URL('../../../../shared/corpora/expressions/', import.meta.url);
/** The most wrong answers that a file may still have; lowered whenever one is mended, never raised. */
const files = { 'cases-dev.jsonl': 27, 'public-dev.jsonl': 0 };

describe.skipIf(!existsSync(folder))('what .NET made of each expression', () => {
  for (const [file, mostWrong] of Object.entries(files)) {
    it(`${file}: agrees, or is refused by name`, async () => {
      const csharp = await loadCSharp();
      const wrong: string[] = [];
      const refusals = new Map<string, number>();
      let agree = 0;
      for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
        if (line.trim() === '') continue;
        const item = JSON.parse(line) as CorpusCase;
        const compiled = csharp.compile(item.expression);
        const [first] = compiled.diagnostics;
        if (first) {
          if (item.expected.compileError !== undefined) agree++;
          else refusals.set(first.message, (refusals.get(first.message) ?? 0) + 1);
          continue;
        }
        let told: string;
        try {
          const value = compiled.evaluate(corpusContext(item));
          if (agrees(value, item.expected)) {
            agree++;
            continue;
          }
          told = 'value';
        } catch (error) {
          if (!(error instanceof ExpressionError)) {
            wrong.push(
              `${item.id} OURS ${item.expression.slice(0, 200)} ${error instanceof Error ? error.stack?.slice(0, 300) : ''}`,
            );
            continue;
          }
          if (item.expected.error === error.type) {
            agree++;
            continue;
          }
          if (error.type === 'Vigia.NotSupported') {
            refusals.set(error.message, (refusals.get(error.message) ?? 0) + 1);
            continue;
          }
          told = error.type;
        }
        wrong.push(
          `${item.id} ${item.expression.slice(0, 110)} → ${told}; ${JSON.stringify(item.expected).slice(0, 100)}`,
        );
      }
      const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
      console.log(`${file}: agree ${agree}, refused by name ${refused}, wrong ${wrong.length}`);
      if (process.env['VIGIA_CORPUS_DETAILS']) {
        console.log(
          [...refusals]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 60)
            .map(([message, count]) => `${count} ${message}`)
            .join('\n'),
        );
        console.log(wrong.join('\n'));
      }
      expect(wrong.length).toBeLessThanOrEqual(mostWrong);
    });
  }
});
