import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running Vigia tells about itself on disk, so that commands find it. Loopback addresses only. */
export interface RunFile {
  readonly pid: number;
  readonly startedAt: string;
  readonly dataFolder: string;
  readonly version: string;
  readonly addresses: { readonly gateway: string; readonly management: string; readonly openai: string };
  /** By https, where that is not turned off. */
  readonly tlsAddresses: Partial<RunFile['addresses']>;
  /** PEM file of the local certificate authority; absent with certificates of one's own, and without https. */
  readonly certificateAuthority?: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** The supervisor's own address: answers also while the other processes are down. */
  readonly statusUrl: string;
  readonly statusToken: string;
}

const fileIn = (runFolder: string): string => join(runFolder, 'vigia.json');

export function writeRunFile(runFolder: string, content: RunFile): void {
  const file = fileIn(runFolder);
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** undefined: no Vigia was started on this folder, or it stopped. */
export function readRunFile(runFolder: string): RunFile | undefined {
  const file = fileIn(runFolder);
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunFile;
  } catch {
    // Written by rename, so a broken one is not ours; the lock tells whether somebody runs here.
    return undefined;
  }
}

export function removeRunFile(runFolder: string): void {
  rmSync(fileIn(runFolder), { force: true });
}
