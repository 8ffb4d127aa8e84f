import { createServer } from 'node:net';
import { Problem } from '@vigia/problem';

export interface WantedPort {
  readonly name: 'gateway' | 'management' | 'openai';
  readonly port: number;
  readonly flag: string;
}

/**
 * Turns wanted ports into ports that are free now: 0 becomes a number that stays the same over restarts of a process.
 * All taken ones are named at once.
 */
export async function resolvePorts(
  host: string,
  wanted: readonly WantedPort[],
): Promise<Readonly<Record<WantedPort['name'], number>>> {
  const attempts = await Promise.all(wanted.map(async (want) => ({ want, ...(await tryListen(host, want.port)) })));
  await Promise.all(attempts.map(({ release }) => release?.()));
  const failed = attempts.filter((attempt) => attempt.port === undefined);
  if (failed.length > 0)
    throw new Problem({
      code: 'AddressNotAvailable',
      status: 409,
      message: failed
        .map(({ want, reason }) =>
          reason === 'EADDRINUSE'
            ? `Port ${want.port} of ${host} (${want.name}) is taken by another program; choose another with ${want.flag}.`
            : `${host}:${want.port} (${want.name}) cannot be listened on (${reason}); choose another with --host or ${want.flag}.`,
        )
        .join(' '),
    });
  const port = (name: WantedPort['name']): number => attempts.find(({ want }) => want.name === name)?.port ?? 0;
  return { gateway: port('gateway'), management: port('management'), openai: port('openai') };
}

interface Attempt {
  readonly port?: number;
  readonly reason?: string;
  readonly release?: () => Promise<void>;
}

function tryListen(host: string, port: number): Promise<Attempt> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => done({ reason: error.code ?? error.message }));
    server.listen(port, host, () => {
      const address = server.address();
      const release = () => new Promise<void>((closed) => server.close(() => closed()));
      done(
        typeof address === 'object' && address ? { port: address.port, release } : { reason: 'no address', release },
      );
    });
  });
}
