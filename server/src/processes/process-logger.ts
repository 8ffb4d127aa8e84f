import { join } from 'node:path';
import pino from 'pino';
import type { RoleConfig, RoleName } from './role.ts';

/** What the rooms ask of a log. */
export interface ProcessLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Waits until the lines are in the file. */
  flush(): void;
}

/** JSON lines in `<data>/logs/<process>.log`. Facts hold no bodies, keys or tokens; what is named like one is left out. */
export function openProcessLogger({ folder, settings }: RoleConfig, name: RoleName): ProcessLogger {
  const destination = pino.destination({ dest: join(folder.logs, `${name}.log`), sync: false, mkdir: true });
  const log = pino(
    {
      level: settings['log.level'],
      base: { process: name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretNames.flatMap((word) => [word, `*.${word}`]), remove: true },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
  return {
    info: (message, facts) => log.info(facts ?? {}, message),
    warn: (message, facts) => log.warn(facts ?? {}, message),
    error: (message, facts) => log.error(facts ?? {}, message),
    flush: () => {
      try {
        destination.flushSync();
      } catch {
        // The file is not open yet when a process ends at once; pino then has nothing to write either.
      }
    },
  };
}

const secretNames = [
  'authorization',
  '["api-key"]',
  'key',
  'token',
  'secret',
  'password',
  'primaryKey',
  'secondaryKey',
];
