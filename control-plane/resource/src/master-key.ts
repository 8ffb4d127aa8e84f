import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, syncFolder } from './atomic-file.ts';

const keyBytes = 32;

/**
 * The 32 bytes from which all keys of an installation are derived; made when missing. Several processes may ask at
 * once: all get the same.
 */
export async function openMasterKey(secretsFolder: string): Promise<Buffer> {
  const file = join(secretsFolder, 'master.key');
  const known = await read(file);
  if (known !== undefined) return known;
  await mkdir(secretsFolder, { recursive: true, mode: 0o700 });
  const draft = join(secretsFolder, `.master.key.${randomUUID()}.vigia-draft`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(keyBytes));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // Unlike a rename, a link never replaces the key that another process has just made.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
  await syncFolder(secretsFolder);
  const made = await read(file);
  if (made === undefined) throw new Error(`${file} could not be made.`);
  return made;
}

async function read(file: string): Promise<Buffer | undefined> {
  let key: Buffer;
  try {
    key = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  if (key.length !== keyBytes)
    throw new Error(`${file} holds ${key.length} bytes instead of ${keyBytes}; restore it from a copy.`);
  await chmod(file, 0o600);
  return key;
}
