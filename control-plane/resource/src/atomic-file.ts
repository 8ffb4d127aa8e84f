import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a file that is not finished is called; the watcher and the reader pass over it. */
export const draftPattern = /^\..*\.vigia-draft$/;

export const isMissing = (error: unknown): boolean => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
};

/** A draft beside it, on the disk before it takes the name: whoever reads sees the old file or the new one. */
export async function writeAtomically(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomUUID()}.vigia-draft`);
  const handle = await open(draft, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } catch (error) {
    await handle.close();
    await unlink(draft);
    throw error;
  }
  await handle.close();
  await rename(draft, file);
  await syncFolder(dirname(file));
}

/** Drafts of these files that a crash left in their folder. */
export async function removeDrafts(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const starts = `.${basename(file)}.`;
    for (const name of await readdir(dirname(file)))
      if (name.startsWith(starts) && draftPattern.test(name)) await unlink(join(dirname(file), name));
  }
}

/** The renames and removals in a folder are on the disk. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; its renames are journalled by the file system.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
