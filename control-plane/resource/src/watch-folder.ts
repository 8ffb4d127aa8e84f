import { type FSWatcher, watch } from 'node:fs';
import { join, sep } from 'node:path';
import { isMissing } from './atomic-file.ts';

/** Sees edits of a folder by others. */
export interface FolderWatch {
  /** As if something had been edited. */
  look(): void;
  /** The folders that there are now, relative, with `/`; '' is the watched one. True: there were new ones among them. */
  follow(folders: ReadonlySet<string>): boolean;
  close(): Promise<void>;
}

interface Given {
  /** Whether a file or folder (relative, with `/`) is as we have written or read it. */
  readonly isKnown: (path: string) => Promise<boolean>;
  /** Once a burst of edits. */
  readonly onEdit: () => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** An editor's save, or a checkout of many files, is over when nothing happened for this long … */
const quietMs = 100;
/** … but nobody waits longer than this for an edit to count. */
const longestMs = 500;

/** macOS and Windows watch a whole tree at once; elsewhere each folder has its own watch. */
const isRecursive = process.platform === 'darwin' || process.platform === 'win32';

/**
 * One watch a folder, none a file: an event says only that the folder is worth reading again. (chokidar also watches
 * and stats each file; with 15 000 operations that took minutes of work for one import.)
 */
export function watchFolder(root: string, { isKnown, onEdit, onTrouble }: Given): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;

  function add(folder: string): void {
    try {
      const watcher = watch(join(root, folder), { recursive: isRecursive }, (_event, name) => {
        // Some systems do not say what it was.
        if (name === null) return schedule();
        const path = name.split(sep).join('/');
        void see(folder === '' ? path : `${folder}/${path}`);
      });
      // Windows tells the end of a watched folder this way.
      watcher.on('error', (error) => {
        drop(folder);
        if ((error as NodeJS.ErrnoException).code === 'EPERM' || isMissing(error)) schedule();
        else onTrouble(error);
      });
      watchers.set(folder, watcher);
    } catch (error) {
      // Gone since it was read: its parent's watch has told.
      if (!isMissing(error)) onTrouble(error);
    }
  }

  function drop(folder: string): void {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  async function see(path: string): Promise<void> {
    try {
      if (await isKnown(path)) return;
    } catch (error) {
      onTrouble(error);
    }
    schedule();
  }

  function schedule(): void {
    if (isClosed) return;
    const now = performance.now();
    if (timer === undefined) since = now;
    else clearTimeout(timer);
    timer = setTimeout(fire, Math.max(0, Math.min(quietMs, since + longestMs - now)));
  }

  function fire(): void {
    timer = undefined;
    running = running.then(onEdit);
  }

  return {
    look: schedule,
    follow(folders) {
      if (isClosed) return false;
      if (isRecursive) {
        if (!watchers.has('')) add('');
        return false;
      }
      for (const folder of watchers.keys()) if (!folders.has(folder)) drop(folder);
      let hasNew = false;
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        add(folder);
        hasNew = true;
      }
      return hasNew;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      for (const folder of [...watchers.keys()]) drop(folder);
      await running;
    },
  };
}
