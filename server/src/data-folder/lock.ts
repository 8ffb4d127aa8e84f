import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { Problem } from '@vigia/problem';

interface LockFile {
  readonly pid: number;
  /** The holder answers there with the nonce as long as it lives: a process id alone may be reused. */
  readonly port: number;
  readonly nonce: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * One Vigia a data folder. The holder proves that it lives by answering on a loopback port, so a lock left by a killed
 * process is taken over at once, without waiting and without trusting process ids.
 */
export async function lockDataFolder(path: string): Promise<FolderLock> {
  const file = join(path, 'run', 'lock.json');
  const nonce = randomBytes(16).toString('hex');
  const server = createServer((_request, response) => response.end(nonce));
  server.unref();
  const port = await listen(server);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, JSON.stringify({ pid: process.pid, port, nonce } satisfies LockFile));
      closeSync(descriptor);
      return {
        release: async () => {
          rmSync(file, { force: true });
          await new Promise<void>((done) => server.close(() => done()));
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        server.close();
        throw error;
      }
    }
    const holder = readLock(file);
    if (holder && (await isAlive(holder))) {
      server.close();
      throw new Problem({
        code: 'DataFolderInUse',
        status: 409,
        message: `The data folder ${path} is in use by another Vigia (process ${holder.pid}); stop that one or choose another folder with --data.`,
      });
    }
    rmSync(file, { force: true });
  }
  server.close();
  throw new Problem({
    code: 'DataFolderInUse',
    status: 409,
    message: `The data folder ${path} is being taken by another Vigia at this moment; start again.`,
  });
}

function readLock(file: string): LockFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockFile;
  } catch {
    // A torn or vanished lock belongs to nobody who lives.
    return undefined;
  }
}

async function isAlive(holder: LockFile): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${holder.port}/`, { signal: AbortSignal.timeout(1_000) });
    return (await answer.text()) === holder.nonce;
  } catch {
    // Nobody listens there any more.
    return false;
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      done(typeof address === 'object' && address ? address.port : 0);
    });
  });
}
