import { randomUUID } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { isResource } from './resource-audience.ts';
import type { TokenIdentity } from './token-identity.ts';
import type { TokenService } from './token-service.ts';

/** App Service's api-versions: they have no `Metadata` header; the secret header alone keeps a browser out. */
const appServiceVersions = new Set(['2017-09-01', '2019-08-01']);
const imdsVersions = new Set(['2018-02-01', '2019-03-11', '2021-02-01', '2023-11-15']);

/**
 * Routes of the token service, for any Fastify server:
 *
 * - `GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=…` as the Instance Metadata Service has it.
 *   On Azure the machine that asks is the proof; here every process shares one machine, so the caller sends its
 *   identity's secret as `X-IDENTITY-HEADER`, as on App Service (whose `api-version=2019-08-01` works too, so
 *   `@azure/identity` gets tokens with IDENTITY_ENDPOINT and IDENTITY_HEADER). The secret tells whose token it is;
 *   `principal_id`, `object_id`, `client_id`, `mi_res_id` or `msi_res_id` may name the identity and must then agree.
 * - `POST /{tenantId}/oauth2/v2.0/token` and `…/oauth2/token`, grant client_credentials.
 * - `GET /{tenantId}/v2.0/.well-known/openid-configuration`, `/{tenantId}/discovery/v2.0/keys`.
 */
export const tokenRoutes =
  (service: TokenService): FastifyPluginAsync =>
  async (app) => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: 16_384 },
      (_, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    app.addHook('onSend', async (_, reply) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    });

    app.get('/metadata/identity/oauth2/token', (request, reply) => imdsToken(service, request, reply));

    for (const path of ['/:tenant/oauth2/v2.0/token', '/:tenant/oauth2/token']) {
      app.post(path, (request, reply) => clientCredentials(service, request, reply));
    }

    for (const path of [
      '/:tenant/v2.0/.well-known/openid-configuration',
      '/:tenant/.well-known/openid-configuration',
    ]) {
      app.get(path, (request, reply) => {
        if (!isTenant(service, request)) return entraRefusal(service, reply, 'tenant');
        const base = `${request.protocol}://${request.host}/${service.tenantId}`;
        return reply.send({
          issuer: service.issuer,
          // There are no people here to sign in; clients ask for the address before they take the document for one.
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
          jwks_uri: `${base}/discovery/v2.0/keys`,
          grant_types_supported: ['client_credentials'],
          response_types_supported: ['token'],
          subject_types_supported: ['pairwise'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      });
    }
    for (const path of ['/:tenant/discovery/v2.0/keys', '/:tenant/discovery/keys']) {
      app.get(path, (request, reply) => {
        if (!isTenant(service, request)) return entraRefusal(service, reply, 'tenant');
        return reply.send({ keys: service.jwks().keys.map((key) => ({ ...key, issuer: service.issuer })) });
      });
    }
  };

const isTenant = (service: TokenService, request: FastifyRequest): boolean => {
  const { tenant } = request.params as { tenant: string };
  return tenant.toLowerCase() === service.tenantId.toLowerCase();
};

/* ---- Instance Metadata Service ---- */

const imdsError = (reply: FastifyReply, status: number, error: string, text: string) =>
  reply.code(status).send({ error, error_description: text });

const nameOf: Readonly<Record<string, (identity: TokenIdentity) => string>> = {
  principal_id: ({ principalId }) => principalId,
  object_id: ({ principalId }) => principalId,
  client_id: ({ clientId }) => clientId,
  clientid: ({ clientId }) => clientId,
  mi_res_id: ({ resourceId }) => resourceId,
  msi_res_id: ({ resourceId }) => resourceId,
};

async function imdsToken(service: TokenService, request: FastifyRequest, reply: FastifyReply) {
  const query = request.query as Record<string, string | string[] | undefined>;
  const version = query['api-version'];
  const resource = query['resource'];
  const invalid = (text: string) => imdsError(reply, 400, 'invalid_request', text);

  const isAppService = typeof version === 'string' && appServiceVersions.has(version);
  if (!isAppService && String(request.headers['metadata']).toLowerCase() !== 'true') {
    return invalid('Required metadata header not specified');
  }
  if (request.headers['x-forwarded-for'] !== undefined) {
    return invalid('Requests that came through a proxy (X-Forwarded-For) are not answered');
  }
  if (version === undefined) return invalid("Required query variable 'api-version' is missing");
  if (!isAppService && !(typeof version === 'string' && imdsVersions.has(version))) {
    return invalid(
      `api-version '${version}' is not supported; supported: ${[...imdsVersions, ...appServiceVersions].join(', ')}`,
    );
  }
  if (typeof resource !== 'string' || resource === '') return invalid("Required query variable 'resource' is missing");
  if (!isResource(resource)) {
    return imdsError(
      reply,
      400,
      'invalid_resource',
      `AADSTS500011: The resource principal named ${resource} was not found in the tenant`,
    );
  }

  const secret = request.headers['x-identity-header'];
  const identity = typeof secret === 'string' ? service.identityOfSecret(secret) : undefined;
  if (identity === undefined) {
    return imdsError(
      reply,
      401,
      'unauthorized_client',
      'X-IDENTITY-HEADER is missing or belongs to no managed identity',
    );
  }
  for (const [parameter, read] of Object.entries(nameOf)) {
    const named = query[parameter];
    if (named !== undefined && String(named).toLowerCase() !== read(identity).toLowerCase())
      return invalid('Identity not found');
  }

  const token = await service.issue(identity, resource);
  return reply.send({
    access_token: token.accessToken,
    client_id: identity.clientId,
    expires_in: String(token.expiresOn - token.notBefore),
    expires_on: String(token.expiresOn),
    ext_expires_in: String(token.expiresOn - token.notBefore),
    not_before: String(token.notBefore),
    resource,
    token_type: 'Bearer',
  });
}

/* ---- OAuth 2.0 client credentials ---- */

interface EntraError {
  readonly status: number;
  readonly error: string;
  readonly number: number;
  readonly text: (subject: string) => string;
}

const entraErrors = {
  tenant: {
    status: 400,
    error: 'invalid_request',
    number: 90002,
    text: () => 'The tenant in the address was not found',
  },
  parameter: {
    status: 400,
    error: 'invalid_request',
    number: 900144,
    text: (name) => `The request body must contain the following parameter: '${name}'.`,
  },
  grant: {
    status: 400,
    error: 'unsupported_grant_type',
    number: 70003,
    text: (type) => `The grant type '${type}' is not supported.`,
  },
  scope: {
    status: 400,
    error: 'invalid_scope',
    number: 70011,
    text: (scope) => `The scope '${scope}' is not valid; expected a resource followed by /.default.`,
  },
  client: {
    status: 400,
    error: 'unauthorized_client',
    number: 700016,
    text: (id) => `Application with identifier '${id}' was not found in the directory.`,
  },
  secret: { status: 401, error: 'invalid_client', number: 7000215, text: () => 'Invalid client secret provided.' },
} as const satisfies Readonly<Record<string, EntraError>>;

function entraRefusal(service: TokenService, reply: FastifyReply, name: keyof typeof entraErrors, subject = '') {
  const { status, error, number, text }: EntraError = entraErrors[name];
  return reply.code(status).send({
    error,
    error_description: `AADSTS${number}: ${text(subject)}`,
    error_codes: [number],
    timestamp: new Date(service.clock.now())
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z'),
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
  });
}

async function clientCredentials(service: TokenService, request: FastifyRequest, reply: FastifyReply) {
  const refuse = (name: keyof typeof entraErrors, subject?: string) => entraRefusal(service, reply, name, subject);
  if (!isTenant(service, request)) return refuse('tenant');
  const form = (typeof request.body === 'object' && request.body !== null ? request.body : {}) as Record<
    string,
    string
  >;
  const basic = basicCredentials(request.headers.authorization);
  const clientId = form['client_id'] ?? basic?.clientId ?? '';
  const secret = form['client_secret'] ?? basic?.secret ?? '';
  const grant = form['grant_type'] ?? '';
  if (grant === '') return refuse('parameter', 'grant_type');
  if (grant !== 'client_credentials') return refuse('grant', grant);
  if (clientId === '') return refuse('parameter', 'client_id');
  if (secret === '') return refuse('parameter', 'client_secret');
  const scope = form['scope'];
  if (scope === undefined && form['resource'] === undefined) return refuse('parameter', 'scope');
  // `https://x/` + `/.default` is written with two slashes by who follows Entra to the letter.
  const resource = scope === undefined ? (form['resource'] ?? '') : /^(\S+?)\/?\/\.default$/.exec(scope)?.[1];
  if (resource === undefined || !isResource(resource)) return refuse('scope', scope ?? form['resource']);

  if (!service.identities().some((identity) => identity.clientId.toLowerCase() === clientId.toLowerCase())) {
    return refuse('client', clientId);
  }
  const identity = service.identityOfSecret(secret);
  if (identity === undefined || identity.clientId.toLowerCase() !== clientId.toLowerCase()) return refuse('secret');
  const token = await service.issue(identity, resource);
  const lifetime = token.expiresOn - token.notBefore;
  return reply.send({
    token_type: 'Bearer',
    expires_in: lifetime,
    ext_expires_in: lifetime,
    access_token: token.accessToken,
  });
}

function basicCredentials(authorization: string | undefined): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, secret: rest.join(':') };
}
