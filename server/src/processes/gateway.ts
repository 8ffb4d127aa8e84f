import { createIdentityTokens } from '@vigia/access';
import { createBackendClient } from '@vigia/backend';
import type { JsonValue, ServiceSnapshot, Snapshot } from '@vigia/contract';
import { loadCSharp } from '@vigia/expression';
import { createGateway } from '@vigia/gateway';
import { createPolicyCompiler } from '@vigia/policy';
import { Problem } from '@vigia/problem';
import { openSpool } from '@vigia/record';
import { openMasterKey } from '@vigia/resource';
import { estimateWith, openTokenizer, warmUp as warmUpTokenizer } from '@vigia/tokenizer';
import { createDebugCredentials } from './debug-credentials.ts';
import { identityTokenSource } from './identity-token-source.ts';
import { listenTls } from './listen-tls.ts';
import { openNewestSnapshot } from './newest-snapshot.ts';
import { emptyRecord } from './probe-record.ts';
import { openProcessLogger } from './process-logger.ts';
import type { RoleConfig, StartRole } from './role.ts';
import { spoolOptions } from './spool-options.ts';

/** The gateway's process: answers requests from the newest sealed snapshot and puts each one's record on its spool. */
export const startGateway: StartRole = async (config, supervisor) => {
  const { settings, folder, ports } = config;
  const logger = openProcessLogger(config, 'gateway');
  const masterKey = await openMasterKey(folder.secrets);
  const [snapshot, spool, csharp] = await Promise.all([
    openNewestSnapshot(folder.snapshot, masterKey),
    openSpool(spoolOptions(config, 'gateway', logger)),
    loadCSharp(),
  ]);
  const aliases = hostAliasesOf(config);
  let hostAliases = aliases(snapshot.current());
  const backend = createBackendClient({ hostAliases: () => hostAliases });
  const tokens = createIdentityTokens({
    get: identityTokenSource(config, masterKey),
    clock: Date,
    onRenewalFailed: (error) => logger.warn('The token of a managed identity could not be renewed', { error }),
  });
  const gateway = await createGateway({
    snapshot: snapshot.current(),
    compiler: createPolicyCompiler(csharp),
    spool,
    backend,
    managedIdentityToken: async (service, resource, clientId) =>
      tokens.token({ principalId: principalOf(service, clientId), resource }),
    tokens: {
      text: async (model, text) => (await tokenizerOf(model)).count(text),
      chat: async (model, messages, tools) =>
        (await tokenizerOf(model)).countChatPrompt(
          messages as readonly Readonly<Record<string, JsonValue>>[],
          tools as readonly JsonValue[] | undefined,
        ),
    },
    captureLimitBytes: settings['capture.body-limit-bytes'],
    debugGrant: createDebugCredentials(masterKey).read,
    logger,
  });
  // The first streamed answer should not wait for the encodings.
  await warmUpTokenizer(modelsOf(snapshot.current()));
  await gateway.listen({ host: settings.host, port: ports.gateway });
  const tls = await listenTls(config, 'gateway', { supervisor, logger, accept: (socket) => gateway.accept(socket) });
  logger.info('listening', { port: ports.gateway, snapshot: snapshot.current().version });

  return {
    async apply() {
      const next = await snapshot.reload();
      hostAliases = aliases(next);
      await gateway.apply(next);
    },
    status: async () => ({ ...gateway.status(), spool: spool.state() }),
    probe: () => spool.write(emptyRecord()),
    trace: async ({ serviceId, traceId }) => gateway.trace(serviceId, traceId),
    async stop(graceMs) {
      await Promise.all([tls.close({ graceMs }), gateway.close({ graceMs })]);
      await spool.close();
      await backend.destroy();
      logger.flush();
    },
  };
};

/** Azure's host names of the embedded accounts, and their own endpoints by https, are answered by the embedded service. */
const hostAliasesOf =
  ({ origins }: RoleConfig) =>
  (snapshot: Snapshot): ReadonlyMap<string, string> =>
    new Map(
      snapshot.accounts.flatMap(({ hosts, endpoint }) =>
        [...hosts, new URL(endpoint).host].map((host) => [host.toLowerCase(), origins.openai] as const),
      ),
    );

/** A deployment may have any name: what is no model's is counted as the newest models count. */
const tokenizerOf = async (model: string) => (await openTokenizer(model)) ?? (await estimateWith(model));

const modelsOf = ({ accounts }: Snapshot): readonly string[] => [
  ...new Set(accounts.flatMap(({ deployments }) => deployments.map(({ model }) => model.name))),
];

function principalOf({ name, identity }: ServiceSnapshot, clientId: string | undefined): string {
  if (identity === undefined)
    throw new Problem({
      code: 'ManagedIdentityNotFound',
      status: 500,
      message: `The service ${name} has no managed identity; turn its system-assigned identity on.`,
    });
  if (clientId !== undefined && clientId.toLowerCase() !== identity.clientId.toLowerCase())
    throw new Problem({
      code: 'ManagedIdentityNotFound',
      status: 500,
      message: `The service ${name} has no managed identity with the client id ${clientId}.`,
    });
  return identity.principalId;
}
