import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
export const vigiaBin = join(root, 'server', 'bin', 'vigia.mjs');
export const sharedFolder = join(root, '..', 'shared');

export interface Addresses {
  readonly gateway: string;
  readonly management: string;
  readonly openai: string;
}

export interface SystemStatus {
  readonly ready: boolean;
  readonly pid: number;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly addresses: Addresses;
  /** By https. */
  readonly tlsAddresses: Addresses;
  /** PEM file of the local certificate authority. */
  readonly certificateAuthority: string;
  readonly processes: readonly {
    readonly name: string;
    readonly state: string;
    readonly pid?: number;
    readonly restarts: number;
  }[];
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Vigia started as a person starts it, in a folder and on ports of its own. */
export interface StartedSystem {
  readonly folder: string;
  readonly addresses: Addresses;
  /** By https, with a certificate of `certificateAuthority`. */
  readonly tlsAddresses: Addresses;
  readonly certificateAuthority: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** What `vigia up` printed so far. */
  output(): string;
  /** `vigia …` against this system. */
  vigia(...parameters: readonly string[]): Promise<CommandResult>;
  status(): Promise<SystemStatus>;
  /** `vigia status --wait`. */
  waitUntilReady(): Promise<void>;
  /** SIGKILL of the supervisor and all its processes. */
  killAll(): Promise<void>;
  /** Starts again on the same folder and ports. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the exit code and how long it took. */
  stop(): Promise<{ readonly code: number | null; readonly milliseconds: number }>;
  /** Stops where needed and removes the folder. */
  dispose(): Promise<void>;
}

export interface StartOptions {
  readonly example?: 'lab' | 'lab-done' | 'none';
  readonly flags?: readonly string[];
  readonly folder?: string;
}

export async function startSystem(options: StartOptions = {}): Promise<StartedSystem> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'vigia-system-'));
  let ports: Addresses = { gateway: '0', management: '0', openai: '0' };
  let tlsPorts = ports;
  let child: ChildProcess | undefined;
  let printed = '';
  let ended: Promise<number | null> = Promise.resolve(null);
  let current: SystemStatus | undefined;

  const environment = { ...process.env, VIGIA_DATA: folder, LC_ALL: 'C.UTF-8' };

  const vigia = (...parameters: readonly string[]): Promise<CommandResult> =>
    run([vigiaBin, ...parameters], environment);

  async function status(): Promise<SystemStatus> {
    const { code, stdout, stderr } = await vigia('status', '--format', 'json');
    if (code !== 0 && stdout === '') throw new Error(`vigia status: ${stderr}`);
    return JSON.parse(stdout) as SystemStatus;
  }

  async function waitUntilReady(): Promise<void> {
    const { code, stdout, stderr } = await vigia('status', '--wait', '--timeout', '60', '--format', 'json');
    if (code !== 0) throw new Error(`Vigia did not become ready: ${stderr}${stdout}\n${printed}`);
    current = JSON.parse(stdout) as SystemStatus;
  }

  async function start(): Promise<void> {
    printed = '';
    const started = spawn(
      process.execPath,
      [
        vigiaBin,
        'up',
        '--data',
        folder,
        '--gateway-port',
        ports.gateway,
        '--management-port',
        ports.management,
        '--openai-port',
        ports.openai,
        '--gateway-tls-port',
        tlsPorts.gateway,
        '--management-tls-port',
        tlsPorts.management,
        '--openai-tls-port',
        tlsPorts.openai,
        '--example',
        options.example ?? 'lab-done',
        ...(options.flags ?? []),
      ],
      { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child = started;
    started.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
    });
    started.stderr.on('data', (data: Buffer) => {
      printed += data.toString();
    });
    ended = new Promise((done) => started.once('exit', (code) => done(code)));
    const early = ended.then((code) => {
      throw new Error(`vigia up ended with ${code}: ${printed}`);
    });
    early.catch(() => undefined);
    await Promise.race([waitUntilReady(), early]);
    const { addresses, tlsAddresses } = current as SystemStatus;
    ports = portsOf(addresses);
    tlsPorts = portsOf(tlsAddresses);
  }

  async function killAll(): Promise<void> {
    const { processes } = await status();
    // The supervisor first, so that it brings nothing back.
    child?.kill('SIGKILL');
    for (const { pid } of processes) if (pid !== undefined) killQuietly(pid);
    await ended;
    child = undefined;
  }

  async function stop(): Promise<{ code: number | null; milliseconds: number }> {
    const startedAt = Date.now();
    child?.kill('SIGTERM');
    const code = await ended;
    child = undefined;
    return { code, milliseconds: Date.now() - startedAt };
  }

  await start();
  return {
    folder,
    get addresses() {
      return (current as SystemStatus).addresses;
    },
    get tlsAddresses() {
      return (current as SystemStatus).tlsAddresses;
    },
    get certificateAuthority() {
      return (current as SystemStatus).certificateAuthority;
    },
    get tenantId() {
      return (current as SystemStatus).tenantId;
    },
    get subscriptionId() {
      return (current as SystemStatus).subscriptionId;
    },
    output: () => printed,
    vigia,
    status,
    waitUntilReady,
    killAll,
    start,
    stop,
    async dispose() {
      if (child) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const portsOf = ({ gateway, management, openai }: Addresses): Addresses => ({
  gateway: new URL(gateway).port,
  management: new URL(management).port,
  openai: new URL(openai).port,
});

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

export function run(
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<CommandResult> {
  return new Promise((done, fail) => {
    const command = spawn(process.execPath, [...parameters], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    command.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
    });
    command.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
    });
    command.once('error', fail);
    command.once('close', (code) => done({ code: code ?? -1, stdout, stderr }));
  });
}
