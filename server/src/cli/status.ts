import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import { type ConnectionFlags, dataFolderOf, runFileOf } from './connect.ts';
import { envelopeOf, isObject } from './error-text.ts';
import type { Io } from './io.ts';
import { renderTable } from './table.ts';

interface ProcessState {
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
  readonly restarts?: number;
  readonly lastEnd?: string;
}
interface Status {
  readonly ready: boolean;
  readonly version?: string;
  readonly dataFolder?: string;
  readonly addresses?: Readonly<Record<string, string>>;
  readonly tlsAddresses?: Readonly<Record<string, string>>;
  readonly certificateAuthority?: string;
  readonly tenantId?: string;
  readonly subscriptionId?: string;
  readonly processes?: readonly ProcessState[];
  readonly workspaces?: readonly { readonly name: string; readonly customerId: string }[];
}

interface StatusFlags extends ConnectionFlags {
  readonly format: 'text' | 'json';
  readonly wait?: boolean;
  readonly timeout: string;
}

export function addStatus(program: Command, io: Io): void {
  const command = program
    .command('status')
    .summary('say what runs where')
    .description(
      'Tells addresses, workspace ids, data folder, version and the health of each process. Exit code 0 only when ready.',
    )
    .option('--wait', 'wait until it is ready')
    .option('--timeout <seconds>', 'how long --wait waits', '120')
    .addHelpText(
      'after',
      '\nExamples:\n  vigia status\n  vigia status --wait --timeout 60\n  vigia status --format json',
    );
  command.addOption(
    command.createOption('--format <format>', 'form of the answer').choices(['text', 'json']).default('text'),
  );
  command.action(() => showStatus(command.optsWithGlobals<StatusFlags>(), io));
}

const pauseMs = 100;

async function showStatus(flags: StatusFlags, io: Io): Promise<void> {
  const seconds = Number(flags.timeout);
  if (!(seconds >= 0)) throw new CommandError(`--timeout is ${JSON.stringify(flags.timeout)}; expected seconds.`, 2);
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const status = await readStatus(flags, io);
    const isReady = typeof status !== 'string' && status.ready;
    if (isReady || !flags.wait || Date.now() >= deadline) {
      if (typeof status === 'string')
        throw new CommandError(flags.wait ? `Not ready after ${seconds} s: ${status}` : status);
      io.out(flags.format === 'json' ? `${JSON.stringify(status, undefined, 2)}\n` : statusText(status));
      if (!isReady)
        throw new CommandError(
          flags.wait ? `Not ready after ${seconds} s.` : 'Not ready yet; `vigia status --wait` waits.',
        );
      return;
    }
    // Whoever starts is another process that tells nobody when it is done: it is asked again and again.
    await new Promise((done) => setTimeout(done, pauseMs));
  }
}

/** The status, or why there is none. */
async function readStatus(flags: StatusFlags, io: Io): Promise<Status | string> {
  const run = runFileOf(flags, io.env);
  const url = flags.managementUrl ?? io.env['VIGIA_MANAGEMENT_URL'];
  if (run === undefined && url === undefined) return `No Vigia runs on the data folder ${dataFolderOf(flags, io.env)}.`;
  const token = run?.statusToken ?? io.env['VIGIA_MANAGEMENT_TOKEN'];
  // An address given by hand may be of another machine, whose supervisor is not reachable.
  const address = url === undefined ? (run?.statusUrl ?? '') : new URL('/vigia/status', url).href;
  const bearer = url === undefined ? token : io.env['VIGIA_MANAGEMENT_TOKEN'];
  try {
    const response = await fetch(address, {
      headers: bearer ? { authorization: `Bearer ${bearer}` } : {},
      signal: AbortSignal.timeout(5000),
    });
    const body: unknown = await response.json();
    if (!response.ok || !isObject(body)) {
      return `${address} answered with ${response.status}${envelopeOf(body)?.message ? `: ${String(envelopeOf(body)?.message)}` : ''}`;
    }
    const workspaces = await workspacesOf(run?.addresses.management ?? url, body, io);
    return { ...(body as unknown as Status), ...(workspaces === undefined ? {} : { workspaces }) };
  } catch (error) {
    if (run !== undefined && url === undefined) {
      return `Vigia on ${run.dataFolder} (process ${run.pid}) does not answer: ${causeOf(error)}. It may have been killed; start it again with \`vigia up\`.`;
    }
    return `Nothing answers at ${address}: ${causeOf(error)}.`;
  }
}

/** Workspace ids belong to the answer, but the supervisor answers also while the control plane is down. */
async function workspacesOf(
  management: string | undefined,
  status: Record<string, unknown>,
  io: Io,
): Promise<Status['workspaces'] | undefined> {
  if (management === undefined || status['workspaces'] !== undefined || status['ready'] !== true) return undefined;
  const token = io.env['VIGIA_MANAGEMENT_TOKEN'];
  const url = new URL(
    `/subscriptions/${String(status['subscriptionId'])}/providers/Microsoft.OperationalInsights/workspaces?api-version=2023-09-01`,
    management,
  );
  try {
    const response = await fetch(url, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) return undefined;
    const { value } = (await response.json()) as { value: { name: string; properties: { customerId: string } }[] };
    return value.map(({ name, properties: { customerId } }) => ({ name, customerId }));
  } catch {
    // The control plane is down at this moment; the list of processes says so.
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}

function statusText(status: Status): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['Ready', status.ready ? 'yes' : 'no'],
    ['Version', status.version],
    ...Object.entries(status.addresses ?? {}).map(([name, address]) => [name, address] as const),
    ...Object.entries(status.tlsAddresses ?? {}).map(([name, address]) => [`${name} by https`, address] as const),
    ['Certificate authority', status.certificateAuthority],
    ...(status.workspaces ?? []).map(({ name, customerId }) => [`Workspace ${name}`, customerId] as const),
    ['Subscription', status.subscriptionId],
    ['Tenant', status.tenantId],
    ['Data folder', status.dataFolder],
  ];
  const known = facts.filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  const processes = (status.processes ?? []).map((each) => [
    each.name,
    each.state,
    String(each.pid ?? ''),
    String(each.restarts ?? 0),
    each.lastEnd ?? '',
  ]);
  return [
    ...known.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    '',
    renderTable(
      ['Process', 'State', 'Pid', 'Restarts', 'Last end'].map((title) => ({ title })),
      processes,
    ),
  ].join('\n');
}
