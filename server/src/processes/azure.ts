import { createTokenVerifier, identitiesOf, isAllowed, openTokenService, tokenRoutes } from '@vigia/access';
import { type Authenticate, createOpenAiService, type Upstream } from '@vigia/openai';
import { Problem } from '@vigia/problem';
import { azureDiagnosticsRecord, openSpool } from '@vigia/record';
import { openMasterKey } from '@vigia/resource';
import { azureToken } from './identity-token-source.ts';
import { listenTls } from './listen-tls.ts';
import { type NewestSnapshot, openNewestSnapshot } from './newest-snapshot.ts';
import { emptyRecord } from './probe-record.ts';
import { openProcessLogger } from './process-logger.ts';
import type { RoleConfig, StartRole } from './role.ts';
import { spoolOptions } from './spool-options.ts';

const cognitiveServices = ['https://cognitiveservices.azure.com', 'https://ai.azure.com'];

/** The embedded Azure's process: the Azure OpenAI service and the token service, on one address. */
export const startAzure: StartRole = async (config, supervisor) => {
  const { settings, folder, ports, tenantId } = config;
  const logger = openProcessLogger(config, 'azure');
  const masterKey = await openMasterKey(folder.secrets);
  const snapshot = await openNewestSnapshot(folder.snapshot, masterKey);
  const tokens = await openTokenService({
    keysFolder: folder.secrets,
    masterKey,
    issuer: `https://sts.windows.net/${tenantId}/`,
    tenantId,
    identities: () => identitiesOf(snapshot.current()),
    clock: Date,
  });
  const verify = createTokenVerifier({
    jwks: tokens.jwks,
    audiences: cognitiveServices,
    issuer: tokens.issuer,
    tenantId,
    clock: Date,
  });
  const spool = await openSpool(spoolOptions(config, 'azure', logger));
  const service = createOpenAiService({
    snapshot: snapshot.current,
    authenticate: authenticateBy(verify, snapshot),
    spool,
    toRecord: azureDiagnosticsRecord,
    clock: Date,
    logger,
    upstreams: upstreamsOf(config),
    tokensPerSecond: settings['openai.tokens-per-second'],
  });
  await service.server.register(tokenRoutes(tokens));
  await service.listen({ host: settings.host, port: ports.openai });
  const http = service.server.server;
  const tls = await listenTls(config, 'openai', {
    supervisor,
    logger,
    accept: (socket) => http.emit('connection', socket),
  });
  logger.info('listening', { port: ports.openai, snapshot: snapshot.current().version });

  return {
    async apply() {
      await snapshot.reload();
    },
    status: async () => ({
      ...service.status(),
      snapshotVersion: snapshot.current().version,
      spool: spool.state(),
    }),
    probe: () => spool.write(emptyRecord()),
    async stop(graceMs) {
      await Promise.all([tls.close({ graceMs }), service.close({ graceMs })]);
      await spool.close();
      logger.flush();
    },
  };
};

/** A token must be good, its principal must still exist, and a role must allow the very operation: asked at every call. */
const authenticateBy =
  (verify: ReturnType<typeof createTokenVerifier>, { current }: NewestSnapshot): Authenticate =>
  async ({ account, bearerToken, dataAction }) => {
    const verdict = await verify(bearerToken);
    if (!verdict.ok) return { refused: 'token' };
    const { oid } = verdict.claims;
    const allowed = isAllowed({
      principalId: oid,
      operation: { dataAction },
      scope: account.id,
      assignments: current().roleAssignments,
    });
    return allowed ? { objectId: oid } : { refused: 'role', principalId: oid };
  };

function upstreamsOf({ settings }: RoleConfig): readonly Upstream[] {
  return settings['openai.upstreams'].map(({ key, keyEnvironmentVariable, identity, ...upstream }): Upstream => {
    if (identity === 'azure') {
      const token = async (): Promise<string> => (await azureToken('https://cognitiveservices.azure.com')).accessToken;
      return { ...withoutUndefined(upstream), auth: { token } };
    }
    const value = key ?? (keyEnvironmentVariable === undefined ? undefined : process.env[keyEnvironmentVariable]);
    if (keyEnvironmentVariable !== undefined && !value)
      throw new Problem({
        code: 'InvalidSettings',
        status: 400,
        message: `openai.upstreams: the environment variable ${keyEnvironmentVariable} (for ${upstream.account}/${upstream.deployment}) is not set.`,
      });
    return { ...withoutUndefined(upstream), auth: value === undefined ? { none: true } : { key: value } };
  });
}

/** Optional settings come as undefined; a missing property is what the room asks for. */
const withoutUndefined = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as never;
