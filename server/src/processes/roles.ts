import type { RoleConfig, RoleName, RunningRole, StartRole, SupervisorPort } from './role.ts';

/** Loaded when needed, so that a gateway does not carry the store and the monitor no tokenizers. */
const starters: Readonly<Record<RoleName, () => Promise<StartRole>>> = {
  monitor: async () => (await import('./monitor.ts')).startMonitor,
  azure: async () => (await import('./azure.ts')).startAzure,
  gateway: async () => (await import('./gateway.ts')).startGateway,
};

export async function startRole(name: RoleName, config: RoleConfig, supervisor: SupervisorPort): Promise<RunningRole> {
  const start = await starters[name]();
  return await start(config, supervisor);
}
