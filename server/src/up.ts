import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProblem, Problem } from '@vigia/problem';
import { type FolderLock, lockDataFolder } from './data-folder/lock.ts';
import {
  type DataFolder,
  type Installation,
  openDataFolder,
  saveInstallation,
} from './data-folder/open-data-folder.ts';
import { removeRunFile, writeRunFile } from './data-folder/run-file.ts';
import { makeExample } from './example/make-example.ts';
import type { RoleConfig } from './processes/role.ts';
import { readSettings } from './settings/read-settings.ts';
import type { Settings } from './settings/settings.ts';
import { choosePorts } from './supervisor/ports.ts';
import { hostInChild, hostInProcess } from './supervisor/process-host.ts';
import { serveStatus } from './supervisor/status-server.ts';
import { createSupervisor, type ProcessStatus } from './supervisor/supervisor.ts';
import { createCertificates } from './tls/create-certificates.ts';
import { welcome } from './welcome.ts';

/** Starts the whole system and runs until SIGINT or SIGTERM; returns the exit code. */
export async function runUp(argv: readonly string[]): Promise<number> {
  try {
    return await up(argv);
  } catch (error) {
    const lines = isProblem(error)
      ? error.message
      : `Vigia could not start: ${error instanceof Error ? error.message : error}`;
    console.error(lines);
    return 1;
  }
}

async function up(argv: readonly string[]): Promise<number> {
  const { dataFolder, configFile, settings } = readSettings(argv, process.env);
  refuseOpenManagement(settings);
  const { folder, installation } = openDataFolder(dataFolder, settings.example);
  const lock = await lockDataFolder(dataFolder);
  try {
    return await runLocked(folder, installation, settings, configFile, lock);
  } finally {
    await lock.release();
  }
}

/** Whoever reaches the management REST may read keys: off this machine only with a token. */
function refuseOpenManagement(settings: Settings): void {
  if (isLoopback(settings.host) || settings['management.token'] !== undefined) return;
  throw new Problem({
    code: 'ManagementNotProtected',
    status: 400,
    message: `host is ${settings.host}, which other machines reach, and management.token is not set: set VIGIA_MANAGEMENT_TOKEN (16 characters or more) or listen on 127.0.0.1.`,
  });
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

async function runLocked(
  folder: DataFolder,
  installation: Installation,
  settings: Settings,
  configFile: string | undefined,
  _lock: FolderLock,
): Promise<number> {
  const startedAt = Date.now();
  const version = packageVersion();
  const { ports, tlsPorts } = await choosePorts(settings);
  const certificates = createCertificates(settings, folder.secrets, { isWanted: Object.keys(tlsPorts).length > 0 });
  const name = ['0.0.0.0', '::'].includes(settings.host) ? '127.0.0.1' : settings.host;
  const authority = name.includes(':') ? `[${name}]` : name;
  const originAt = (port: number): string => `http://${authority}:${port}`;
  const config: RoleConfig = {
    settings,
    folder,
    tenantId: installation.tenantId,
    subscriptionId: installation.subscriptionId,
    ports,
    origins: {
      gateway: originAt(ports.gateway),
      management: originAt(ports.management),
      openai: originAt(ports.openai),
    },
    tlsPorts,
    tlsOrigins: Object.fromEntries(
      Object.entries(tlsPorts).map(([each, port]) => [each, `https://${authority}:${port}`]),
    ),
    version,
  };
  const say = (line: string): void => console.log(line);
  console.log(`Vigia ${version}: data in ${folder.path}${configFile ? `, settings from ${configFile}` : ''}`);

  let isReady = false;
  const systemStatus = (processes: readonly ProcessStatus[]) => ({
    ready: isReady && processes.every(({ state }) => state === 'running'),
    version,
    node: process.versions.node,
    pid: process.pid,
    dataFolder: folder.path,
    addresses: config.origins,
    tlsAddresses: config.tlsOrigins,
    ...certificates.authority,
    tenantId: installation.tenantId,
    subscriptionId: installation.subscriptionId,
    processes,
  });
  const host = settings['single-process'] ? hostInProcess : hostInChild;
  const supervisor = createSupervisor(config, { host, say, systemStatus, certificates: certificates.files });
  const statusServer = await serveStatus(async () => systemStatus(await supervisor.status()));
  const stopped = stopSignal();
  try {
    const started = supervisor.start();
    // Beside the first process, which has more to do.
    certificates.prepare();
    await started;
    writeRunFile(folder.run, {
      pid: process.pid,
      startedAt: new Date(startedAt).toISOString(),
      dataFolder: folder.path,
      version,
      addresses: config.origins,
      tlsAddresses: config.tlsOrigins,
      ...certificates.authority,
      tenantId: installation.tenantId,
      subscriptionId: installation.subscriptionId,
      resourceGroup: 'rg-activategenai',
      statusUrl: statusServer.url,
      statusToken: statusServer.token,
    });
    if (!installation.isExampleDone) {
      await makeExample(installation.example, config, say);
      saveInstallation(folder, { ...installation, isExampleDone: true });
    }
    await supervisor.probe();
    isReady = true;
    for (const line of await welcome(config, startedAt)) console.log(line);
    await stopped;
    console.log('stopping');
  } finally {
    isReady = false;
    await supervisor.stop(settings['drain.seconds'] * 1_000);
    certificates.close();
    removeRunFile(folder.run);
    await statusServer.close();
  }
  return 0;
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((done) => {
    let isSecond = false;
    const onSignal = (): void => {
      if (isSecond) process.exit(130);
      isSecond = true;
      done();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
