import { basename, relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { draftPattern } from './atomic-file.ts';

export interface FolderWatch {
  /** As if something had been edited. */
  look(): Promise<void>;
  close(): Promise<void>;
}

interface Given {
  /** Whether a file (relative, with `/`) is as we have written or read it. */
  readonly isKnown: (path: string) => Promise<boolean>;
  readonly onEdit: () => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
}

/** An editor's save, or a checkout of many files, is over when nothing happened for this long … */
const quietMs = 100;
/** … but nobody waits longer than this for an edit to count. */
const longestMs = 500;

/** Calls `onEdit` once a burst of edits by others. Resolves when edits are seen. */
export async function watchFolder(folder: string, { isKnown, onEdit, onTrouble }: Given): Promise<FolderWatch> {
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  let running: Promise<void> = Promise.resolve();
  const watcher = watch(folder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => path !== folder && (basename(path) === '.git' || draftPattern.test(basename(path))),
  });
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    void see(relative(folder, path).split(sep).join('/'));
  });
  watcher.on('error', onTrouble);
  await new Promise<void>((resolve) => watcher.once('ready', resolve));

  async function see(path: string): Promise<void> {
    try {
      if (await isKnown(path)) return;
    } catch (error) {
      onTrouble(error);
    }
    schedule();
  }

  function schedule(): void {
    if (watcher.closed) return;
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
    async look() {
      schedule();
    },
    async close() {
      await watcher.close();
      clearTimeout(timer);
      await running;
    },
  };
}
