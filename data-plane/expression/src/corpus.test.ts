import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CorpusCase } from '../conformance/corpus-context.ts';
import { knownDifferences } from '../conformance/known-differences.ts';
import { runCase } from '../conformance/run-case.ts';
import { loadCSharp } from './load-csharp.ts';

const folder = new URL('../../../../shared/corpora/expressions/', import.meta.url);
/** The most cases that may differ, or be refused; lowered whenever one is mended, never raised. */
const files = { 'cases-dev.jsonl': { wrong: 0, refused: 0 }, 'public-dev.jsonl': { wrong: 0, refused: 0 } };

describe.skipIf(!existsSync(folder))('what .NET made of each expression', () => {
  for (const [file, most] of Object.entries(files)) {
    it(`${file}: the same value, type and text`, async () => {
      const csharp = await loadCSharp();
      const counts = { exact: 0, known: 0, refused: 0, wrong: 0, crashed: 0 };
      const told: string[] = [];
      for (const line of readFileSync(new URL(file, folder), 'utf8').split('\n')) {
        if (line.trim() === '') continue;
        const item = JSON.parse(line) as CorpusCase;
        const outcome =
          knownDifferences[item.expression] === undefined ? runCase(csharp, item) : { kind: 'known' as const };
        counts[outcome.kind]++;
        if ('message' in outcome)
          told.push(`${outcome.kind.toUpperCase()} ${item.id} ${item.expression.slice(0, 160)} → ${outcome.message}`);
      }
      if (process.env['VIGIA_CORPUS_DETAILS']) console.log(`${file} ${JSON.stringify(counts)}\n${told.join('\n')}`);
      expect(counts.crashed).toBe(0);
      expect(counts.wrong).toBeLessThanOrEqual(most.wrong);
      expect(counts.refused).toBeLessThanOrEqual(most.refused);
    });
  }
});
