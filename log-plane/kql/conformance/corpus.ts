import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Expected } from './compare.ts';

export interface CorpusCase {
  readonly id: string;
  readonly query: string;
  readonly filled?: string;
  readonly expected: Expected | null;
  readonly selfContained?: boolean;
  readonly skip?: string;
  readonly order?: 'sort' | 'single-row' | 'source' | 'none';
  readonly ordered?: boolean;
  readonly approximate?: unknown;
  readonly arbitrary?: unknown;
  readonly syntaxErrors?: readonly unknown[];
  readonly tables?: readonly string[];
}

const shared = fileURLToPath(new URL('../../../../shared/', import.meta.url));

export const sharedPath = (path: string): string => `${shared}${path}`;

/** The cases of a corpus; undefined where the shared data is not on this machine. */
export function readCorpus(name: string): readonly CorpusCase[] | undefined {
  const path = sharedPath(`corpora/kql/${name}.jsonl`);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CorpusCase);
}
