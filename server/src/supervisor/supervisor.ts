import { existsSync } from 'node:fs';
import {
  type RoleConfig,
  type RoleName,
  type RoleStatus,
  roleNames,
  type SupervisorPort,
  type WantedTrace,
} from '../processes/role.ts';
import type { CertificateFiles } from '../tls/keep-certificates.ts';
import type { HostedRole, HostRole } from './process-host.ts';

export type ProcessState = 'starting' | 'running' | 'restarting' | 'stopped';

export interface ProcessStatus {
  readonly name: RoleName;
  readonly state: ProcessState;
  readonly pid?: number;
  readonly restarts: number;
  /** Why the last one ended. */
  readonly lastEnd?: string;
  readonly details?: RoleStatus;
}

export interface Supervisor {
  /** Starts all; rejects with the first reason why one could not. */
  start(): Promise<void>;
  status(): Promise<readonly ProcessStatus[]>;
  /** Resolves when a request through the gateway would be answered and logged; rejects with what is missing. */
  probe(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

interface Slot {
  state: ProcessState;
  hosted?: HostedRole;
  restarts: number;
  lastEnd?: string;
  startedAt: number;
}

const longestPauseMs = 5_000;
const statusTimeoutMs = 1_500;
const applyTimeoutMs = 10_000;

export interface SupervisorOptions {
  readonly host: HostRole;
  readonly say: (line: string) => void;
  /** The whole system's status, for a process that is asked for it. */
  readonly systemStatus: (processes: readonly ProcessStatus[]) => unknown;
  readonly certificates: () => Promise<CertificateFiles>;
}

export function createSupervisor(
  config: RoleConfig,
  { host, say, systemStatus, certificates }: SupervisorOptions,
): Supervisor {
  const slots = new Map<RoleName, Slot>(
    roleNames.map((name) => [name, { state: 'starting', restarts: 0, startedAt: 0 }]),
  );
  const slotOf = (name: RoleName): Slot => slots.get(name) as Slot;
  let isStopping = false;

  const port: SupervisorPort = {
    publish,
    systemStatus: async () => systemStatus(await status()),
    trace,
    certificates,
  };

  async function launch(name: RoleName): Promise<void> {
    const slot = slotOf(name);
    const hosted = await host(name, config, port);
    Object.assign(slot, { hosted, state: 'running', startedAt: Date.now() });
    void hosted.ended.then((reason) => {
      void onEnd(name, reason);
    });
  }

  /** A process that ended by itself comes back: at once the first time, later with growing pauses. */
  async function onEnd(name: RoleName, reason: string): Promise<void> {
    const slot = slotOf(name);
    delete slot.hosted;
    slot.lastEnd = reason;
    if (isStopping) {
      slot.state = 'stopped';
      return;
    }
    say(`${name} ${reason}; starting it again`);
    slot.state = 'restarting';
    let pauseMs =
      Date.now() - slot.startedAt > 10_000 ? 0 : Math.min(longestPauseMs, 100 * 2 ** Math.min(slot.restarts, 6));
    while (!isStopping) {
      slot.restarts += 1;
      await new Promise((done) => setTimeout(done, pauseMs));
      try {
        if (!isStopping) await launch(name);
        return;
      } catch (error) {
        slot.lastEnd = error instanceof Error ? error.message : String(error);
        say(`${name} did not start: ${slot.lastEnd}`);
        pauseMs = Math.min(longestPauseMs, Math.max(250, pauseMs * 2));
      }
    }
  }

  async function publish(): Promise<void> {
    const live = (['azure', 'gateway'] as const)
      .map((name) => slotOf(name).hosted)
      .filter((hosted) => hosted !== undefined);
    // A process that dies meanwhile reads the newest snapshot when it comes back.
    const outcomes = await Promise.allSettled(
      live.map((hosted) => withTimeout(hosted.apply(), applyTimeoutMs, 'apply')),
    );
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        say(`a process did not take the new configuration: ${messageOf(outcome.reason)}`);
  }

  async function trace(wanted: WantedTrace): Promise<unknown> {
    const { hosted } = slotOf('gateway');
    if (!hosted) throw new Error('gateway is not running');
    return await withTimeout(Promise.resolve(hosted.trace?.(wanted)), applyTimeoutMs, 'trace');
  }

  async function status(): Promise<readonly ProcessStatus[]> {
    return await Promise.all(
      roleNames
        .map(async (name) => {
          const slot = slotOf(name);
          const details = await slot.hosted
            ?.status()
            .then((value): RoleStatus => value)
            .catch((error): RoleStatus => ({ trouble: messageOf(error) }));
          return {
            name,
            state: slot.state,
            ...(slot.hosted ? { pid: slot.hosted.pid } : {}),
            restarts: slot.restarts,
            ...(slot.lastEnd ? { lastEnd: slot.lastEnd } : {}),
            ...(details ? { details } : {}),
          };
        })
        .map((promise, index) =>
          withTimeout(promise, statusTimeoutMs, 'status').catch(
            (error): ProcessStatus => ({
              name: roleNames[index] as RoleName,
              state: slotOf(roleNames[index] as RoleName).state,
              restarts: slotOf(roleNames[index] as RoleName).restarts,
              details: { trouble: messageOf(error) },
            }),
          ),
        ),
    );
  }

  return {
    async start() {
      // Without a snapshot on disk the others have nothing to run until the monitor has made one.
      const [first, rest] = existsSync(config.folder.snapshot)
        ? [[], roleNames]
        : [['monitor' as const], ['azure', 'gateway'] as const];
      const outcomes = await Promise.allSettled(first.map(launch));
      if (outcomes.every(({ status }) => status === 'fulfilled'))
        outcomes.push(...(await Promise.allSettled(rest.map(launch))));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) {
        isStopping = true;
        for (const { hosted } of slots.values()) hosted?.kill();
        throw failed.reason;
      }
    },
    status,
    async probe() {
      for (const name of ['gateway', 'azure', 'monitor'] as const) {
        const { hosted } = slotOf(name);
        if (!hosted) throw new Error(`${name} is not running`);
        await withTimeout(hosted.probe(), 5_000, name);
      }
    },
    async stop(graceMs) {
      isStopping = true;
      // The monitor last: it still takes in what the others wrote while they drained.
      await Promise.all((['gateway', 'azure'] as const).map((name) => stopOne(name, graceMs)));
      await stopOne('monitor', graceMs);
    },
  };

  async function stopOne(name: RoleName, graceMs: number): Promise<void> {
    const { hosted } = slotOf(name);
    if (!hosted) return;
    try {
      await withTimeout(hosted.stop(graceMs), graceMs + 800, `stopping ${name}`);
    } catch (error) {
      say(`${messageOf(error)}; ending it`);
      hosted.kill();
    }
    slotOf(name).state = 'stopped';
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function withTimeout<T>(promise: Promise<T>, milliseconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: no answer within ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
