import type { DataFolder } from '../data-folder/open-data-folder.ts';
import type { Settings } from '../settings/settings.ts';
import type { CertificateFiles } from '../tls/keep-certificates.ts';

/** The three processes: what they run is in `monitor.ts`, `azure.ts` and `gateway.ts`. */
export type RoleName = 'monitor' | 'azure' | 'gateway';
export const roleNames: readonly RoleName[] = ['monitor', 'azure', 'gateway'];

/** Everything that a process needs to start; plain data, because it crosses a process border. */
export interface RoleConfig {
  readonly settings: Settings;
  readonly folder: DataFolder;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly ports: { readonly gateway: number; readonly management: number; readonly openai: number };
  /** `http://127.0.0.1:7080`, without a slash at the end. */
  readonly origins: { readonly gateway: string; readonly management: string; readonly openai: string };
  /** Where each listens by https as well; what is missing was turned off. */
  readonly tlsPorts: Partial<RoleConfig['ports']>;
  readonly tlsOrigins: Partial<RoleConfig['origins']>;
  readonly version: string;
}

/** Process health and counters, as `vigia status` prints them. */
export type RoleStatus = Readonly<Record<string, unknown>>;

/** What the supervisor may ask of a process. */
export interface RunningRole {
  /** Take the newest sealed snapshot. Resolves when every new request meets it. */
  apply(): Promise<void>;
  status(): Promise<RoleStatus>;
  /** Gateway and azure: put an empty record on the spool. Monitor: deliver all that the spools hold. */
  probe(): Promise<void>;
  /** Gateway only: a trace that it keeps; undefined: there is none. */
  trace?(wanted: WantedTrace): Promise<unknown>;
  stop(graceMs: number): Promise<void>;
}

export interface WantedTrace {
  readonly serviceId: string;
  readonly traceId: string;
}

/** What a process may ask of the supervisor. */
export interface SupervisorPort {
  /** A new snapshot is on disk; resolves when all processes that live have applied it. */
  publish(): Promise<void>;
  systemStatus(): Promise<unknown>;
  /** A trace of the gateway's; undefined: it has none of that id. Rejects while the gateway is away. */
  trace(wanted: WantedTrace): Promise<unknown>;
  /** Resolves when the certificate for https is on disk; at a first start it is made beside the first process. */
  certificates(): Promise<CertificateFiles>;
}

export type StartRole = (config: RoleConfig, supervisor: SupervisorPort) => Promise<RunningRole>;
