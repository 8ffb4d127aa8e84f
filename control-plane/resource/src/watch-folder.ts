import { type FSWatcher, statSync, watch } from 'node:fs';
import { join, sep } from 'node:path';
import { isMissing } from './atomic-file.ts';

/** Sees edits of a folder by others. */
export interface FolderWatch {
  /** As if something had been edited, after a while. */
  look(afterMs?: number): void;
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
/** … but an end of it is not waited for longer than this. */
const longestMs = 2000;

/** macOS and Windows watch a whole tree at once; elsewhere each folder has its own watch. */
const isRecursive = process.platform === 'darwin' || process.platform === 'win32';

/**
 * One watch a folder, none a file: an event says only that the folder is worth reading again. (chokidar also watches
 * and stats each file; with 15 000 operations that took minutes of work for one import.)
 */
export function watchFolder(root: string, { isKnown, onEdit, onTrouble }: Given): FolderWatch {
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number | undefined }>();
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let running: Promise<void> = Promise.resolve();
  let isClosed = false;
  /** The system gives no more watches. */
  let isBlind = false;

  function add(folder: string): boolean {
    try {
      const inode = inodeOf(folder);
      const watcher = watch(join(root, folder), { recursive: isRecursive }, (event, name) => {
        // Some systems do not say what it was.
        if (name === null) return schedule();
        const path = name.split(sep).join('/');
        const whole = folder === '' ? path : `${folder}/${path}`;
        // A folder in another's place (moved, or taken away and made anew): the old watches see nothing any more.
        for (const one of event === 'rename' ? [folder, whole] : []) {
          const watched = watchers.get(one);
          if (watched === undefined || watched.inode === inodeOf(one)) continue;
          dropTree(one);
          return schedule();
        }
        void see(whole);
      });
      // Windows tells the end of a watched folder this way.
      watcher.on('error', (error) => {
        dropTree(folder);
        if ((error as NodeJS.ErrnoException).code === 'EPERM' || isMissing(error)) schedule();
        else onTrouble(error);
      });
      watchers.set(folder, { watcher, inode });
      return true;
    } catch (error) {
      // Gone since it was read: its parent's watch has told.
      if (isMissing(error)) return false;
      isBlind = true;
      onTrouble(error);
      return false;
    }
  }

  const inodeOf = (folder: string): number | undefined => statSync(join(root, folder), { throwIfNoEntry: false })?.ino;

  function dropTree(folder: string): void {
    const start = folder === '' ? '' : `${folder}/`;
    for (const [one, { watcher }] of watchers) {
      if (one !== folder && !one.startsWith(start)) continue;
      watcher.close();
      watchers.delete(one);
    }
  }

  async function see(path: string): Promise<void> {
    try {
      if (await isKnown(path)) return;
    } catch (error) {
      onTrouble(error);
    }
    schedule();
  }

  function schedule(afterMs = quietMs): void {
    if (isClosed) return;
    const now = performance.now();
    if (timer === undefined) since = now;
    else clearTimeout(timer);
    timer = setTimeout(fire, Math.max(0, Math.min(afterMs, since + longestMs - now)));
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
        return watchers.has('') || isBlind ? false : add('');
      }
      for (const folder of watchers.keys()) if (!folders.has(folder)) dropTree(folder);
      let hasNew = false;
      for (const folder of folders) {
        if (watchers.has(folder) || isBlind) continue;
        hasNew = add(folder) || hasNew;
      }
      return hasNew;
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      dropTree('');
      await running;
    },
  };
}
