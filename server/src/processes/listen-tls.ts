import { listenTls as listen, type TlsListener, type TlsOptions } from '../tls/listen-tls.ts';
import type { RoleConfig, SupervisorPort } from './role.ts';

/** The https side of a process's address, where the settings have it. */
export async function listenTls(
  { settings, tlsPorts }: RoleConfig,
  name: keyof RoleConfig['ports'],
  { supervisor, ...options }: Pick<TlsOptions, 'accept' | 'logger'> & { readonly supervisor: SupervisorPort },
): Promise<TlsListener> {
  const port = tlsPorts[name];
  if (port === undefined) return { close: async () => undefined };
  return await listen({ ...options, host: settings.host, port, files: await supervisor.certificates() });
}
