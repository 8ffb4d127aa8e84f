import { roleDefinitions } from '@vigia/access';
import { loadCSharp } from '@vigia/expression';
import { importDefinition, type KeyAction, managementRoutes } from '@vigia/management';
import { deployableModels } from '@vigia/openai';
import { completeDocument, createPolicyCompiler, toRawXml, toXml } from '@vigia/policy';
import { createQueryEngine, kustoRoutes, queryRoutes } from '@vigia/query';
import { auditRecord, createShipper, openSpool, type Spool } from '@vigia/record';
import { openMasterKey, openResourceStore, type ResourceStore } from '@vigia/resource';
import { tableSchemas } from '@vigia/store';
import { openDuckDbStore } from '@vigia/store-duckdb';
import Fastify from 'fastify';
import { createDebugCredentials } from './debug-credentials.ts';
import { guardManagement } from './guard-management.ts';
import { listenTls } from './listen-tls.ts';
import { openProcessLogger } from './process-logger.ts';
import type { StartRole } from './role.ts';
import { spoolOptions } from './spool-options.ts';

/** The monitor's process: configuration, logs, and the REST interfaces to both. */
export const startMonitor: StartRole = async (config, supervisor) => {
  const { settings, folder, ports, tenantId, subscriptionId, origins } = config;
  const logger = openProcessLogger(config, 'monitor');
  const masterKey = await openMasterKey(folder.secrets);
  const [store, spool, csharp] = await Promise.all([
    openDuckDbStore({ folder: folder.store, memoryLimit: bytesOf(settings['store.memory-limit']), logger }),
    openSpool(spoolOptions(config, 'monitor', logger)),
    loadCSharp(),
  ]);
  const shipper = createShipper({ folder: folder.spool, store, logger });
  await shipper.start();
  const compiler = createPolicyCompiler(csharp);
  const roles = new Set(roleDefinitions.map(({ id }) => id.toLowerCase()));
  const resources = await openResourceStore({
    configFolder: folder.config,
    secretsFolder: folder.secrets,
    snapshotFile: folder.snapshot,
    masterKey,
    tenantId,
    subscriptionId,
    addresses: origins,
    policy: { check: compiler.check, completeDocument, toRawXml },
    knownRoleDefinition: (id) => roles.has(id.toLowerCase()),
    publish: () => supervisor.publish(),
    clock: Date,
    logger,
  });
  const engine = createQueryEngine({
    store,
    schemas: tableSchemas,
    workspaces: () => workspacesOf(resources, subscriptionId),
    limits: { maxRows: settings['query.max-rows'], timeoutMs: settings['query.timeout-seconds'] * 1_000 },
    clock: Date,
  });
  engine.warmUp();

  const server = Fastify({
    forceCloseConnections: 'idle',
    // SDKs put a scope that begins with a slash behind another one.
    routerOptions: { maxParamLength: 2_048, ignoreDuplicateSlashes: true },
  });
  guardManagement(server, config);
  server.get('/vigia/status', () => supervisor.systemStatus());
  await server.register(
    queryRoutes(engine, { onFailure: (error) => logger.error('A query failed for a reason of ours', { error }) }),
  );
  await server.register(
    kustoRoutes(engine, {
      loginEndpoint: config.tlsOrigins.openai ?? origins.openai,
      version: config.version,
      clock: Date,
      onFailure: (error) => logger.error('A Kusto query failed for a reason of ours', { error }),
    }),
  );
  await server.register(
    managementRoutes({
      store: resources,
      importer: (input) =>
        importDefinition(input, {
          maxBytes: settings['import.max-bytes'],
          allowLoopback: settings['import.allow-loopback'],
          timeoutMs: importTimeoutMs,
        }),
      roleDefinitions,
      models: deployableModels,
      tables: tableSchemas,
      policies: { toXml, toRawXml },
      addresses: origins,
      tenantId,
      subscriptionId,
      onKeyAction: auditOf(resources, spool, tenantId),
      tracing: {
        credentials: createDebugCredentials(masterKey).issue,
        trace: (serviceId, traceId) => supervisor.trace({ serviceId, traceId }),
      },
      clock: Date,
      logger,
    }),
  );
  await server.listen({ host: settings.host, port: ports.management });
  const tls = await listenTls(config, 'management', {
    supervisor,
    logger,
    accept: (socket) => server.server.emit('connection', socket),
  });
  logger.info('listening', { port: ports.management });

  return {
    // The snapshot is this process's own work.
    apply: async () => undefined,
    status: async () => ({
      resources: resources.status(),
      shipper: shipper.status(),
      spool: spool.state(),
    }),
    probe: () => shipper.flush(),
    async stop(graceMs) {
      await Promise.all([tls.close({ graceMs }), server.close()]);
      await resources.close();
      await spool.close();
      // What the others wrote while they drained is in the store before it closes.
      await shipper.flush();
      await shipper.close();
      await store.close();
      logger.flush();
    },
  };
};

const importTimeoutMs = 30_000;

/** `2GB`, as the setting's schema has it. */
const bytesOf = (size: string): number => Number.parseInt(size, 10) * (size.endsWith('GB') ? 2 ** 30 : 2 ** 20);

const workspacesOf = (resources: ResourceStore, subscriptionId: string) =>
  resources
    .list({ type: 'Microsoft.OperationalInsights/workspaces', under: `/subscriptions/${subscriptionId}` })
    .map(({ id, name, properties }) => ({ id, name, customerId: String(properties['customerId']) }));

/** Listing and renewing an account's keys leaves Azure's Audit row, kept before the answer leaves. */
const auditOf =
  (resources: ResourceStore, spool: Spool, tenantId: string) =>
  async ({ accountId, ...action }: KeyAction): Promise<void> => {
    const account = resources.snapshot().accounts.find(({ id }) => id.toLowerCase() === accountId.toLowerCase());
    const record = account && auditRecord({ ...action, account, tenantId });
    if (record !== undefined) await spool.write(record);
  };
