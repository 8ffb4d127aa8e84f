import { timingSafeEqual } from 'node:crypto';
import { Problem, toArmError } from '@vigia/problem';
import type { FastifyInstance } from 'fastify';
import type { RoleConfig } from './role.ts';

/**
 * Who may use the management port. With a token in the settings: whoever has it. Without one only programs of this
 * machine: a page in a browser is kept out by its Origin, and a foreign name that was made to mean this machine (DNS
 * rebinding) by its Host.
 */
export function guardManagement(server: FastifyInstance, { settings, origins }: RoleConfig): void {
  const token = settings['management.token'];
  const expected = token === undefined ? undefined : Buffer.from(`Bearer ${token}`);
  const own = new URL(origins.management);
  const names = new Set(
    [own.hostname, settings.host, 'localhost', '127.0.0.1', '[::1]'].map((name) => name.toLowerCase()),
  );

  server.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOf(request.headers);
    if (refusal === undefined) return;
    const { status, headers, body } = toArmError(refusal);
    await reply.code(status).headers(headers).send(body);
  });

  function refusalOf(headers: Readonly<Record<string, string | string[] | undefined>>): Problem | undefined {
    if (expected !== undefined) return hasToken(String(headers['authorization'] ?? ''), expected) ? undefined : noToken;
    const host = String(headers['host'] ?? '')
      .toLowerCase()
      .replace(/:\d+$/, '');
    if (!names.has(host)) return foreignHost(host);
    const { origin } = headers;
    if (origin !== undefined && !isOwn(String(origin), names)) return foreignOrigin(String(origin));
    return undefined;
  }
}

const hasToken = (given: string, expected: Buffer): boolean => {
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
};

const isOwn = (origin: string, names: ReadonlySet<string>): boolean =>
  URL.canParse(origin) && names.has(new URL(origin).hostname);

const noToken = new Problem({
  code: 'AuthenticationFailed',
  status: 401,
  message:
    'Authentication failed. The management REST asks for the token of the setting management.token as a bearer token.',
  headers: { 'WWW-Authenticate': 'Bearer' },
});

const foreignHost = (host: string): Problem =>
  new Problem({
    code: 'AuthorizationFailed',
    status: 403,
    message: `The host ${JSON.stringify(host)} is not an address of this Vigia; use 127.0.0.1 or set management.token.`,
  });

const foreignOrigin = (origin: string): Problem =>
  new Problem({
    code: 'AuthorizationFailed',
    status: 403,
    message: `Pages of ${JSON.stringify(origin)} may not use the management REST; set management.token to let programs of others in.`,
  });
