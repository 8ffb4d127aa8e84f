import { createServer } from 'node:net';
import { Problem } from '@vigia/problem';
import type { RoleConfig } from '../processes/role.ts';
import { flagOf, type Settings } from '../settings/settings.ts';

export interface WantedPort<N extends string = string> {
  readonly name: N;
  readonly port: number;
  readonly flag: string;
}

const names = ['gateway', 'management', 'openai'] as const;
const tlsDefaults = { gateway: 7443, management: 7444, openai: 7445 } as const;

/**
 * The ports of the settings, free ones for 0. Without a setting, https stands at its well-known port; who takes free
 * ports for several installations on a machine gets free ones for https too.
 */
export async function choosePorts(settings: Settings): Promise<Pick<RoleConfig, 'ports' | 'tlsPorts'>> {
  const plain = names.map((name) => ({ name, port: settings[`${name}.port`], flag: flagOf(`${name}.port`) }));
  const tls = names.flatMap((name) => {
    const port = settings[`${name}.tls-port`] ?? (settings[`${name}.port`] === 0 ? 0 : tlsDefaults[name]);
    return port === 'off' ? [] : [{ name: `${name} by https` as const, port, flag: flagOf(`${name}.tls-port`) }];
  });
  const found = await resolvePorts(settings.host, [...plain, ...tls]);
  return {
    ports: { gateway: found.gateway, management: found.management, openai: found.openai },
    tlsPorts: Object.fromEntries(
      names.map((name) => [name, found[`${name} by https`]]).filter(([, port]) => port !== undefined),
    ),
  };
}

/**
 * Turns wanted ports into ports that are free now: 0 becomes a number that stays the same over restarts of a process.
 * All taken ones are named at once.
 */
export async function resolvePorts<N extends string>(
  host: string,
  wanted: readonly WantedPort<N>[],
): Promise<Readonly<Record<N, number>>> {
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
  return Object.fromEntries(attempts.map(({ want, port }) => [want.name, port])) as Record<N, number>;
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
