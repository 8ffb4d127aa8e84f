import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { isProblem } from '@vigia/problem';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchDefinition } from './fetch-definition.ts';
import type { ImportOptions } from './import-definition.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const options = (given: Partial<ImportOptions> = {}): ImportOptions => ({
  maxBytes: 10_000,
  allowLoopback: true,
  timeoutMs: 5_000,
  ...given,
});

async function origin(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The messages of the error, which must be Azure's. */
async function refusal(link: string, given: Partial<ImportOptions> = {}): Promise<string> {
  try {
    await fetchDefinition(link, options(given));
  } catch (error) {
    if (!isProblem(error)) throw error;
    expect(error).toMatchObject({ code: 'ValidationError', status: 400 });
    for (const detail of error.details)
      expect(detail).toMatchObject({ code: 'ValidationError', target: 'representation' });
    return error.details.map(({ message }) => message).join('\n');
  }
  throw new Error('It was read');
}

describe('what is read', () => {
  test.each<[string, RequestListener]>([
    ['plain', (_req, res) => res.end('é{}')],
    ['gzip', (_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('é{}'))],
    ['br', (_req, res) => res.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync('é{}'))],
    [
      'latin1',
      (_req, res) =>
        res.writeHead(200, { 'content-type': 'text/yaml; charset=ISO-8859-1' }).end(Buffer.from('é{}', 'latin1')),
    ],
    ['UTF-16 with a mark', (_req, res) => res.end(Buffer.from('\uFEFFé{}', 'utf16le'))],
    ['UTF-8 with a mark', (_req, res) => res.end('\uFEFFé{}')],
  ])('%s', async (_name, listener) => {
    expect((await fetchDefinition(`${await origin(listener)}/x#y`, options())).text).toBe('é{}');
  });

  test('after redirects, with the place where it was found', async () => {
    const url = await origin((req, res) => {
      if (req.url === '/a') res.writeHead(302, { location: 'b/c.json' }).end();
      else res.writeHead(200, { 'content-type': 'Application/JSON; charset=utf-8' }).end(req.url);
    });
    expect(await fetchDefinition(`${url}/a`, options())).toEqual({
      text: '/b/c.json',
      url: `${url}/b/c.json`,
      contentType: 'application/json',
    });
  });

  test('a name is resolved once and called at that address, under its own name', async () => {
    const url = new URL(await origin((req, res) => res.end(req.headers.host)));
    const asked: string[] = [];
    const { text } = await fetchDefinition(
      `http://definitions.test:${url.port}/`,
      options({
        resolve: async (host) => {
          asked.push(host);
          // Were it asked again, it would have moved.
          return [{ address: asked.length === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }];
        },
      }),
    );
    expect(text).toBe(`definitions.test:${url.port}`);
    expect(asked).toEqual(['definitions.test']);
  });
});

describe('every failure has its own message', () => {
  const answers: Readonly<Record<string, readonly [RequestListener, RegExp, Partial<ImportOptions>?]>> = {
    '404': [(_req, res) => res.writeHead(404).end(), /the answer was 404/],
    '500': [(_req, res) => res.writeHead(500).end(), /the answer was 500/],
    'an empty answer': [(_req, res) => res.end(), /was empty/],
    'a redirect loop': [
      (req, res) => res.writeHead(302, { location: req.url === '/b' ? '/' : '/b' }).end(),
      /redirects form a loop/,
    ],
    'too many redirects': [
      (req, res) => res.writeHead(307, { location: `${req.url}x` }).end(),
      /more than 5 redirects/,
    ],
    'a redirect to nowhere': [(_req, res) => res.writeHead(301).end(), /301, a redirect that names no place/],
    'a redirect to a file': [
      (_req, res) => res.writeHead(301, { location: 'file:///etc/passwd' }).end(),
      /scheme is 'file'/,
    ],
    'an announced length over the limit': [
      (_req, res) => res.end('x'.repeat(10_001)),
      /larger than the limit of 10000 bytes/,
    ],
    'a stream over the limit': [
      (_req, res) => {
        res.write('x'.repeat(6_000));
        res.end('x'.repeat(6_000));
      },
      /larger than the limit/,
    ],
    'a small answer that unpacks to a large one': [
      (_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000))),
      /larger than the limit/,
    ],
    'a broken packing': [
      (_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
      /not what its content-encoding says/,
    ],
    'an unknown packing': [(_req, res) => res.writeHead(200, { 'content-encoding': 'zstd' }).end('x'), /'zstd'/],
    'an unknown charset': [
      (_req, res) => res.writeHead(200, { 'content-type': 'text/yaml; charset=klingon' }).end('x'),
      /charset 'klingon' is unknown/,
    ],
    'bytes that are no text': [(_req, res) => res.end(Buffer.from([0x7b, 0xc3, 0x28])), /not valid UTF-8/],
    'an answer that breaks off': [
      (_req, res) => {
        res.writeHead(200, { 'content-length': '100' });
        res.write('half', () => res.destroy());
      },
      /broken off|announced length/,
    ],
    'no answer in time': [() => undefined, /no complete answer within 40 ms/, { timeoutMs: 40 }],
    'an answer that never ends': [
      (_req, res) => {
        res.write('{');
      },
      /no complete answer within 40 ms/,
      { timeoutMs: 40 },
    ],
  };
  test.each(Object.entries(answers))('%s', async (_name, [listener, message, given]) => {
    const url = await origin(listener);
    const said = await refusal(`${url}/`, given);
    expect(said).toMatch(message);
    if (!said.includes('scheme')) expect(said).toContain(new URL(url).host);
  });

  test('nobody listens', async () => {
    const server = createSocketServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await refusal(`http://127.0.0.1:${port}/`)).toMatch(/refused \(ECONNREFUSED\)/);
  });
  test('no TLS at the other end', async () => {
    const url = await origin((_req, res) => res.end());
    expect(await refusal(url.replace('http:', 'https:'))).toMatch(/TLS failed/);
  });
  test('no HTTP at the other end', async () => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.write('NONSENSE\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    expect(await refusal(`http://127.0.0.1:${port}/`)).toMatch(/is no HTTP/);
  });
  test('an unknown host name', async () => {
    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    expect(await refusal('https://nowhere.test/', { resolve })).toMatch(
      /nowhere\.test .*could not be resolved \(ENOTFOUND\)/,
    );
  });
  test.each<[string, RegExp]>([
    ['definitions/api.json', /no absolute URL/],
    ['ftp://files.test/api.json', /scheme is 'ftp'/],
    ['file:///etc/passwd', /scheme is 'file'/],
    ['https://name:secret@files.test/', /holds a user name or password/],
  ])('the link %s', async (link, message) => {
    const said = await refusal(link);
    expect(said).toMatch(message);
    expect(said).not.toContain('secret');
  });
  test('a caller that gives up gets its own reason', async () => {
    const abort = new AbortController();
    const url = await origin(() => abort.abort(new Error('enough')));
    await expect(fetchDefinition(url, options({ signal: abort.signal }))).rejects.toThrow('enough');
  });
});

describe('a link leads to no inner network', () => {
  const forms: readonly (readonly [link: string, kind: string])[] = [
    ['http://127.0.0.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f000001/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://127.1/', 'loopback'],
    ['http://[::1]/', 'loopback'],
    ['http://[::ffff:127.0.0.1]/', 'loopback'],
    ['http://10.1.2.3/', 'private'],
    ['http://192.168.0.1/', 'private'],
    ['http://100.64.0.1/', 'private'],
    ['http://[fc00::1]/', 'private'],
    ['http://0.0.0.0/', 'reserved'],
    ['http://0/', 'reserved'],
    ['http://[::]/', 'reserved'],
    ['http://169.254.169.254/metadata/identity', 'metadata'],
    ['http://2852039166/', 'metadata'],
    ['http://[fd00:ec2::254]/', 'metadata'],
    ['http://[::ffff:a9fe:a9fe]/', 'metadata'],
    ['http://224.0.0.1/', 'multicast'],
    ['http://[fe80::1]/', 'link-local'],
  ];
  test.each(forms)('%s', async (link, kind) => {
    expect(await refusal(link, { allowLoopback: false })).toMatch(new RegExp(`was refused: its address .* is ${kind}`));
  });

  test.each(forms.filter(([, kind]) => kind !== 'loopback' && kind !== 'private'))(
    '%s, whatever is allowed',
    async (link, kind) => {
      expect(await refusal(link, { allowPrivate: true })).toContain(`is ${kind}`);
    },
  );

  test.each([
    ['one address', ['10.0.0.1'], 'private'],
    ['one of several addresses', ['93.184.216.34', '169.254.169.254'], 'metadata'],
    ['an IPv6 address that carries an inner one', ['64:ff9b::a00:1'], 'private'],
  ])('a name with %s', async (_name, addresses, kind) => {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    expect(await refusal('https://inner.test/', { resolve })).toContain(`is ${kind}`);
  });

  test('a redirect is checked like the link', async () => {
    const url = await origin((_req, res) => res.writeHead(302, { location: 'http://169.254.169.254/latest' }).end());
    expect(await refusal(url)).toMatch(/169\.254\.169\.254 was refused: .*metadata/);
  });

  test('a name that moves between two redirects is checked again', async () => {
    const url = new URL(await origin((_req, res) => res.writeHead(302, { location: '/again' }).end()));
    let asked = 0;
    const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    expect(await refusal(`http://moving.test:${url.port}/`, { resolve })).toMatch(/10\.0\.0\.1 is private/);
  });
});
