import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RoleConfig, RoleName, RoleStatus, RunningRole, SupervisorPort, WantedTrace } from '../processes/role.ts';
import { startRole } from '../processes/roles.ts';
import { connectPeer } from '../processes/rpc.ts';

/** A started role, in this process or in one of its own. */
export interface HostedRole extends RunningRole {
  readonly pid: number;
  /** Resolves when the process ended, whatever the reason. Never for a role in this process. */
  readonly ended: Promise<string>;
  /** Ends it now, without draining. */
  kill(): void;
}

export type HostRole = (name: RoleName, config: RoleConfig, supervisor: SupervisorPort) => Promise<HostedRole>;

/** The role in a process of its own. Rejects where it could not start, with its own words. */
export const hostInChild: HostRole = async (name, config, supervisor) => {
  const child = fork(fileURLToPath(new URL('../processes/child.js', import.meta.url)), [name], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'json',
  });
  const ended = endOf(child);
  const peer = connectPeer(
    {
      send: (message) => {
        if (!child.connected) throw new Error(`${name} is not running`);
        // A failed send means that the process is ending; `ended` fails the open calls.
        child.send(message as object, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
    },
    {
      publish: () => supervisor.publish(),
      systemStatus: () => supervisor.systemStatus(),
      trace: (wanted: WantedTrace) => supervisor.trace(wanted),
      certificates: () => supervisor.certificates(),
    },
  );
  void ended.then((reason) => peer.fail(reason));
  try {
    await peer.call('start', config);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    ended,
    kill: () => child.kill('SIGKILL'),
    apply: async () => {
      await peer.call('apply');
    },
    status: async () => (await peer.call('status')) as RoleStatus,
    probe: async () => {
      await peer.call('probe');
    },
    trace: (wanted) => peer.call('trace', wanted),
    stop: async (graceMs) => {
      await peer.call('stop', graceMs);
      child.disconnect();
      await ended;
    },
  };
};

/** The role in this process: for embedding and debugging. */
export const hostInProcess: HostRole = async (name, config, supervisor) => ({
  ...(await startRole(name, config, supervisor)),
  pid: process.pid,
  ended: new Promise<string>(() => undefined),
  kill: () => undefined,
});

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((done) => {
    child.once('error', (error) => done(error.message));
    child.once('exit', (code, signal) => done(signal ? `ended by ${signal}` : `ended with code ${code}`));
  });
}
