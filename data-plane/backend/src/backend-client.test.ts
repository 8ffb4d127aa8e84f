import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type BackendCall, type BackendClientOptions, createBackendClient } from './index.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
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

function client(options: BackendClientOptions = {}) {
  const made = createBackendClient(options);
  closers.push(() => made.destroy());
  return made;
}

const get = (url: string, given: Partial<BackendCall> = {}): BackendCall => ({
  method: 'GET',
  url,
  headers: [],
  timeoutMs: 5000,
  ...given,
});

test('bytes, repeated headers and the reason come as they were sent; headers of one hop do not', async () => {
  const packed = gzipSync('answer');
  const url = await origin((_req, res) => {
    res.writeHead(201, 'Made', [
      'Set-Cookie',
      'a',
      'set-cookie',
      'b',
      'Content-Encoding',
      'gzip',
      'Connection',
      'x-hop',
      'X-Hop',
      '1',
    ]);
    res.end(packed);
  });
  const answer = await client().call(get(url));
  expect(answer).toMatchObject({ status: 201, reason: 'Made', protocol: 'HTTP/1.1' });
  expect(answer.headers.slice(0, 6)).toEqual(['Set-Cookie', 'a', 'set-cookie', 'b', 'Content-Encoding', 'gzip']);
  expect(answer.headers.map((name) => name.toLowerCase())).not.toContain('x-hop');
  expect(Buffer.concat(await answer.body.toArray()).equals(packed)).toBe(true);
});

test('an alias is called in plain HTTP with the Host that was meant, as soon as it is there', async () => {
  const url = await origin((req, res) => res.end(`${req.headers.host}${req.url}`));
  let aliases = new Map<string, string>();
  const backend = client({ hostAliases: () => aliases });
  aliases = new Map([
    ['aoai-x.openai.azure.com', url],
    ['127.0.0.1:9', url],
  ]);
  const at = async (target: string) => await text((await backend.call(get(target))).body);
  expect(await at('https://AOAI-x.openai.azure.com/openai/a?b=%2f')).toBe('aoai-x.openai.azure.com/openai/a?b=%2f');
  expect(await at('https://aoai-x.openai.azure.com:443/c')).toBe('aoai-x.openai.azure.com/c');
  expect(await at('https://127.0.0.1:9/d')).toBe('127.0.0.1:9/d');
});

test('a stream is sent as it comes, with its length or chunked, and bytes with their own length', async () => {
  const url = await origin(async (req, res) => {
    const how = req.headers['transfer-encoding'] ?? req.headers['content-length'];
    res.end(`${how} ${await text(req)}`);
  });
  const send = async (given: Partial<BackendCall>) =>
    await text((await client().call(get(url, { method: 'POST', ...given }))).body);
  expect(await send({ body: Readable.from([Buffer.from('ab'), Buffer.from('cd')], { objectMode: false }) })).toBe(
    'chunked abcd',
  );
  expect(await send({ body: Readable.from([Buffer.from('abcd')]), headers: ['Content-Length', '4'] })).toBe('4 abcd');
  expect(await send({ body: Buffer.from('xyz'), headers: ['Content-Length', '99', 'Expect', '100-continue'] })).toBe(
    '3 xyz',
  );
});

test('connections serve calls that follow each other', async () => {
  const ports = new Set<number | undefined>();
  const url = await origin((req, res) => {
    ports.add(req.socket.remotePort);
    res.end('x');
  });
  const backend = client();
  for (let calls = 0; calls < 5; calls++) await text((await backend.call(get(url))).body);
  // A call that begins in the tick in which the last one ended may need a second one.
  expect(ports.size).toBeLessThanOrEqual(2);
});

describe('redirects', () => {
  const away: RequestListener = (req, res) => {
    if (req.url === '/from') res.writeHead(302, { location: '/to' }).end('moved');
    else if (req.url === '/loop') res.writeHead(307, { location: '/loop' }).end();
    else res.end(`${req.method} ${req.url}`);
  };
  test('are not followed unless asked for', async () => {
    expect((await client().call(get(`${await origin(away)}/from`))).status).toBe(302);
  });
  test('are followed where asked for, as browsers do', async () => {
    const url = `${await origin(away)}/from`;
    const answer = await client().call(get(url, { method: 'POST', body: Buffer.from('x'), followRedirects: true }));
    expect(await text(answer.body)).toBe('GET /to');
  });
  test('do not go to another host with secrets', async () => {
    const other = await origin((req, res) => res.end(JSON.stringify(req.headers.authorization ?? 'none')));
    const url = await origin((_req, res) => res.writeHead(302, { location: other }).end());
    const answer = await client().call(get(url, { headers: ['Authorization', 'Bearer x'], followRedirects: true }));
    expect(await text(answer.body)).toBe('"none"');
  });
  test('end after ten', async () => {
    const url = `${await origin(away)}/loop`;
    await expect(client().call(get(url, { followRedirects: true }))).rejects.toMatchObject({ kind: 'protocol' });
  });
});

describe('a failure has a kind', () => {
  test('refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(client().call(get(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({ kind: 'connect' });
  });
  test('no headers in time', async () => {
    const url = await origin(() => undefined);
    await expect(client().call(get(url, { timeoutMs: 30 }))).rejects.toMatchObject({ kind: 'timeout' });
  });
  test('given up by the caller', async () => {
    const abort = new AbortController();
    const url = await origin(() => abort.abort());
    await expect(client().call(get(url, { signal: abort.signal }))).rejects.toMatchObject({ kind: 'aborted' });
  });
  test('no TLS at the other end', async () => {
    const url = (await origin((_req, res) => res.end())).replace('http:', 'https:');
    await expect(client().call(get(url))).rejects.toMatchObject({ kind: 'tls' });
  });
  test('no HTTP at the other end', async () => {
    const server = createSocketServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.write('NONSENSE\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    await expect(client().call(get(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({ kind: 'protocol' });
  });
  test('no URL', async () => {
    await expect(client().call(get('nowhere'))).rejects.toMatchObject({ kind: 'protocol' });
  });
  test('a body that ends early is an error of the body', async () => {
    const url = await origin((_req, res) => {
      res.writeHead(200, { 'content-length': '10' });
      res.write('half', () => res.destroy());
    });
    const answer = await client().call(get(url));
    await expect(text(answer.body)).rejects.toThrow();
  });
});

test('close waits for the call in flight', async () => {
  let finish: (() => void) | undefined;
  const url = await origin((_req, res) => {
    finish = () => res.end('done');
    res.writeHead(200).flushHeaders();
  });
  const backend = createBackendClient();
  const answer = await backend.call(get(url));
  const closed = backend.close();
  finish?.();
  expect(await text(answer.body)).toBe('done');
  await closed;
});
