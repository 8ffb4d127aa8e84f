/** Entry of a forked process: `node child.js monitor|azure|gateway`; everything else comes over the channel. */

import module from 'node:module';
import type { CertificateFiles } from '../tls/keep-certificates.ts';
import type { RoleConfig, RoleName, RunningRole, WantedTrace } from './role.ts';
import { startRole } from './roles.ts';
import { connectPeer } from './rpc.ts';

// Node.js 22 and newer keep compiled code between starts; the rooms are loaded after this.
(module as { readonly enableCompileCache?: () => unknown }).enableCompileCache?.();

const name = process.argv[2] as RoleName;
let running: RunningRole | undefined;
let isStopping = false;

const role = (): RunningRole => {
  if (!running) throw new Error(`${name} has not started`);
  return running;
};

const peer = connectPeer(
  {
    send: (message) => {
      // A supervisor that is gone needs no answer: `disconnect` below ends this process.
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => process.on('message', listener),
  },
  {
    start: async (config: RoleConfig) => {
      running = await startRole(name, config, {
        publish: async () => {
          await peer.call('publish');
        },
        systemStatus: () => peer.call('systemStatus'),
        trace: (wanted) => peer.call('trace', wanted),
        certificates: async () => (await peer.call('certificates')) as CertificateFiles,
      });
    },
    apply: () => role().apply(),
    status: () => role().status(),
    probe: () => role().probe(),
    trace: async (wanted: WantedTrace) => await role().trace?.(wanted),
    stop: async (graceMs: number) => {
      await stop(graceMs);
    },
  },
);

async function stop(graceMs: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  await running?.stop(graceMs);
}

// The terminal's Ctrl-C reaches every process of the group; only the supervisor decides when this one stops.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => {
  void stop(1_000).finally(() => process.exit(0));
});
