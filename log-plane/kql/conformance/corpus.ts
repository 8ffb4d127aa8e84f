import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Expected } from './compare.ts';

export interface CorpusCase {
  readonly id: string;
  readonly query: string;
  readonly filled?: string | null;
  /** `resource-graph`: Azure Resource Graph's variant of the language. */
  readonly dialect?: string;
  readonly expected: Expected | null;
  readonly expectedText?: {
    readonly of: string;
    readonly match: 'equals' | 'contains' | 'StartWith';
    readonly value: string;
  };
  /** What the official analyser says of the result: [column, type]. */
  readonly schema?: readonly (readonly [string, string])[] | null;
  readonly docColumnsDiffer?: boolean;
  readonly selfContained?: boolean;
  readonly skip?: string;
  readonly order?: 'sort' | 'single-row' | 'source' | 'none';
  readonly ordered?: boolean;
  readonly approximate?: unknown;
  readonly arbitrary?: unknown;
  readonly syntaxErrors?: readonly unknown[];
  readonly tables?: readonly string[];
  readonly functions?: readonly string[];
}

/** The folder beside the repository; this file is read from the sources and from its compiled form. */
function findShared(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'log-plane', 'kql')) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, '..', 'shared');
}

export const sharedPath = (path: string): string => join(findShared(), path);

/** The cases of a corpus; undefined where the shared data is not on this machine. */
export function readCorpus(name: string, folder = sharedPath('corpora/kql')): readonly CorpusCase[] | undefined {
  const path = join(folder, `${name}.jsonl`);
  if (!existsSync(path)) return undefined;
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CorpusCase);
}
