import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { draftPattern, isMissing } from './atomic-file.ts';
import type { ResourceDefinition } from './definition.ts';
import { nameOfFile } from './file-name.ts';
import { type FolderFile, folderContents, specificationNames } from './folder-layout.ts';

/** A resource as the folder has it: its files, not yet read as JSON. */
export interface FolderResource {
  readonly id: string;
  readonly key: string;
  readonly definition: ResourceDefinition;
  /** The information file, or the policy. */
  readonly main?: FolderFile;
  /** The text that is a file of its own. */
  readonly text?: FolderFile;
  /** Path of the specification, which is not read. */
  readonly specification?: string;
}

/** Something in the folder that stands for nothing. */
export interface FolderRemark {
  readonly path: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface FolderReading {
  readonly resources: readonly FolderResource[];
  readonly remarks: readonly FolderRemark[];
}

/** Read only when it is asked for. */
const isSpecification = (name: string): boolean => (specificationNames as readonly string[]).includes(name);

interface KnownFile {
  readonly signature: string;
  readonly text: string;
}

/** What people and tools leave in such folders without meaning a resource. */
const passedOver = /^\.|~$|\.(sw[a-z]|tmp|bak|orig|md)$|^configuration\..+\.ya?ml$|^(LICENSE|extractor\.log)$/i;

/** The configuration folder, read from disk; files that did not change since the last time are not read again. */
export class FolderReader {
  readonly #root: string;
  readonly #subscriptionId: string;
  readonly #files = new Map<string, KnownFile>();
  readonly #folders = new Set<string>();
  /** The first reading takes away the drafts that a crash has left. */
  #isSwept = false;

  constructor(root: string, subscriptionId: string) {
    this.#root = root;
    this.#subscriptionId = subscriptionId;
  }

  async read(): Promise<FolderReading> {
    const resources: FolderResource[] = [];
    const remarks: FolderRemark[] = [];
    const seen = new Set<string>();
    this.#folders.clear();
    await this.#readInside('', `/subscriptions/${this.#subscriptionId}`, undefined, { resources, remarks, seen });
    this.#isSwept = true;
    for (const path of this.#files.keys()) if (!seen.has(path)) this.#files.delete(path);
    remarks.sort((one, other) => (one.path < other.path ? -1 : 1));
    return { resources, remarks };
  }

  /** Relative folders in which resources can lie; '' is the configuration folder itself. */
  get folders(): ReadonlySet<string> {
    return this.#folders;
  }

  /** Whether a file or folder is as it was when it was last read or written. Drafts and the like are always known. */
  async isKnown(path: string): Promise<boolean> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (passedOver.test(name) || isSpecification(name)) return true;
    const signature = await signatureOf(join(this.#root, path));
    if (signature === undefined) return !this.#files.has(path) && !this.#folders.has(path);
    return this.#folders.has(path) || signature === this.#files.get(path)?.signature;
  }

  /** A file that we have written ourselves. */
  async written({ path, text }: FolderFile): Promise<void> {
    const signature = await signatureOf(join(this.#root, path));
    if (signature !== undefined) this.#files.set(path, { signature, text });
    for (let folder = dirname(path); folder !== '.' && !this.#folders.has(folder); folder = dirname(folder))
      this.#folders.add(folder);
  }

  async removed(path: string): Promise<void> {
    this.#files.delete(path);
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if ((await signatureOf(join(this.#root, folder))) !== undefined) return;
      this.#folders.delete(folder);
    }
  }

  /** What lies in the folder of one resource (or in the configuration folder), and everything below. */
  async #readInside(folder: string, id: string, own: ResourceDefinition | undefined, into: Collected): Promise<void> {
    this.#folders.add(folder);
    const { folders, files } = folderContents(own?.type);
    const parts: { main?: FolderFile; text?: FolderFile; specification?: string } = {};
    const place = own?.place.kind === 'folder' ? own.place : undefined;
    for (const entry of await list(join(this.#root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (draftPattern.test(entry.name) && !this.#isSwept) await unlink(join(this.#root, path));
      if (passedOver.test(entry.name)) continue;
      const child = entry.isDirectory() ? folders.get(entry.name) : undefined;
      if (child !== undefined) {
        await this.#readFolders(path, id, child, into);
        continue;
      }
      if (entry.isFile()) {
        if (entry.name === place?.file) parts.main = await this.#readFile(path, into);
        else if (entry.name === place?.text?.file) parts.text = await this.#readFile(path, into);
        else if (files.has(entry.name)) {
          const definition = files.get(entry.name) as ResourceDefinition;
          const policyId = `${id}/${definition.type.split('/').at(-1)}/${definition.onlyName}`;
          const main = await this.#readFile(path, into);
          into.resources.push({ id: policyId, key: policyId.toLowerCase(), definition, main });
        } else if (place?.hasSpecification === true && isSpecification(entry.name)) parts.specification = path;
        else into.remarks.push(unknownEntry(path));
        continue;
      }
      into.remarks.push(
        entry.isSymbolicLink()
          ? { path, severity: 'warning', message: 'Links are not followed; put the file itself here.' }
          : unknownEntry(path),
      );
    }
    if (own !== undefined && (parts.main !== undefined || parts.text !== undefined))
      into.resources.push({ id, key: id.toLowerCase(), definition: own, ...parts });
  }

  async #readFolders(folder: string, parentId: string, definition: ResourceDefinition, into: Collected): Promise<void> {
    this.#folders.add(folder);
    const entries = await list(join(this.#root, folder));
    const readEntry = async (entry: Dirent): Promise<void> => {
      const path = `${folder}/${entry.name}`;
      if (passedOver.test(entry.name)) return;
      const name = nameOfFile(entry.name);
      if (entry.isDirectory() && name !== undefined)
        await this.#readInside(path, `${parentId}${segmentsOf(definition)}/${name}`, definition, into);
      else into.remarks.push(unknownEntry(path));
    };
    for (let at = 0; at < entries.length; at += foldersAtOnce)
      await Promise.all(entries.slice(at, at + foldersAtOnce).map(readEntry));
  }

  async #readFile(path: string, { seen }: Collected): Promise<FolderFile> {
    seen.add(path);
    const file = join(this.#root, path);
    const known = this.#files.get(path);
    const signature = await signatureOf(file);
    if (known !== undefined && known.signature === signature) return { path, text: known.text };
    const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
    if (signature !== undefined) this.#files.set(path, { signature, text });
    return { path, text };
  }
}

/** On each level, so that no more files are open than a process may have. */
const foldersAtOnce = 16;

interface Collected {
  readonly resources: FolderResource[];
  readonly remarks: FolderRemark[];
  readonly seen: Set<string>;
}

const unknownEntry = (path: string): FolderRemark => ({
  path,
  severity: 'warning',
  message: `'${path.split('/').at(-1)}' stands for nothing at this place and is passed over.`,
});

/** `/providers/Microsoft.ApiManagement/service`, `/apis`: what leads from the parent's id to its names. */
function segmentsOf({ type, isExtension }: ResourceDefinition): string {
  if (type === 'Microsoft.Resources/resourceGroups') return '/resourceGroups';
  const parts = type.split('/');
  return isExtension || parts.length === 2 ? `/providers/${type}` : `/${parts.at(-1)}`;
}

/** Sorted, so that what is made from a folder does not depend on the file system. */
async function list(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    // Gone since its parent was read: as if it had not been there.
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Changes with every write: size, inode, and times in nanoseconds. */
async function signatureOf(file: string): Promise<string | undefined> {
  try {
    const { size, ino, mtimeNs, ctimeNs } = await lstat(file, { bigint: true });
    return `${size} ${ino} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
