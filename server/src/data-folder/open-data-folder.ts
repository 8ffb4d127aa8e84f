import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '@vigia/problem';

/** Raised when the folder's layout changes so that an older Vigia would misread it. */
const currentFormat = 1;

/** What makes an installation one: kept beside its data. */
export interface Installation {
  readonly format: number;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** The example that was asked for at the first start; resources are made once. */
  readonly example: string;
  readonly isExampleDone: boolean;
}

export interface DataFolder {
  readonly path: string;
  readonly config: string;
  readonly secrets: string;
  readonly snapshot: string;
  readonly spool: string;
  readonly store: string;
  readonly logs: string;
  readonly run: string;
}

export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    config: join(path, 'config'),
    secrets: join(path, 'secrets'),
    snapshot: join(path, 'snapshot', 'snapshot.sealed'),
    spool: join(path, 'spool'),
    store: join(path, 'store'),
    logs: join(path, 'logs'),
    run: join(path, 'run'),
  };
}

/** Makes the folder ready, or says in one line why it cannot be used. */
export function openDataFolder(path: string, example: string): { folder: DataFolder; installation: Installation } {
  const folder = dataFolderAt(path);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.R_OK);
    for (const inner of [folder.config, folder.spool, folder.store, folder.logs, folder.run, join(path, 'snapshot')])
      mkdirSync(inner, { recursive: true });
    mkdirSync(folder.secrets, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Problem({
      code: 'DataFolderNotWritable',
      status: 500,
      message: `The data folder ${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}); choose another with --data.`,
      cause: error,
    });
  }
  const file = join(path, 'installation.json');
  if (!existsSync(file)) {
    const installation: Installation = {
      format: currentFormat,
      tenantId: randomUUID(),
      subscriptionId: randomUUID(),
      example,
      isExampleDone: example === 'none',
    };
    saveInstallation(folder, installation);
    return { folder, installation };
  }
  const installation = readInstallation(file);
  if (installation.format > currentFormat)
    throw new Problem({
      code: 'DataFolderTooNew',
      status: 500,
      message: `The data folder ${path} was written by a newer Vigia (format ${installation.format}; this one reads up to ${currentFormat}); update Vigia or choose another folder with --data.`,
    });
  return { folder, installation };
}

function readInstallation(file: string): Installation {
  try {
    const installation = JSON.parse(readFileSync(file, 'utf8')) as Installation;
    if (typeof installation.format === 'number' && installation.subscriptionId && installation.tenantId)
      return installation;
  } catch {
    // Reported below, with the file's name, whatever was wrong in it.
  }
  throw new Problem({
    code: 'DataFolderUnreadable',
    status: 500,
    message: `${file} is not a file that Vigia wrote; restore it or choose another folder with --data.`,
  });
}

export function saveInstallation(folder: DataFolder, installation: Installation): void {
  const file = join(folder.path, 'installation.json');
  writeFileSync(`${file}.new`, `${JSON.stringify(installation, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
