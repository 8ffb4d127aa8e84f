import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolvePorts } from '../supervisor/ports.ts';
import { createCertificates } from './create-certificates.ts';
import { type CertificateFiles, keepCertificates } from './keep-certificates.ts';
import { listenTls } from './listen-tls.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 25);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keep = (at = now, host = '127.0.0.1'): Promise<CertificateFiles> =>
  keepCertificates({ secretsFolder: folder, host }, at);
const read = (file: string | undefined): string => readFileSync(String(file), 'utf8');

describe('the certificates of an installation', () => {
  it('are an authority of ten years that may sign servers only, and a server certificate that it signed', async () => {
    const files = await keep();
    const authority = new X509Certificate(read(files.authorityFile));
    const server = new X509Certificate(read(files.certificateFile));
    expect(authority.ca).toBe(true);
    expect(Math.round((Date.parse(authority.validTo) - now) / day)).toBe(3_650);
    expect(server.checkIssued(authority) && server.verify(authority.publicKey)).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(server.checkHost('localhost')).toBe('localhost');
    expect(server.checkHost('example.com')).toBeUndefined();
    expect([server.checkIP('127.0.0.1'), server.checkIP('::1')]).toEqual(['127.0.0.1', '::1']);
    // Apple's limit is 398 days with the day before.
    expect((Date.parse(server.validTo) - Date.parse(server.validFrom)) / day).toBeLessThanOrEqual(398);
  });

  it.skipIf(process.platform === 'win32')('have private keys that only their owner reads', async () => {
    const { keyFile } = await keep();
    for (const file of [keyFile, join(folder, 'tls-ca-key.pem')]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each<{
    name: string;
    at?: number;
    host?: string;
    spoil?: (file: string) => void;
    isNew: boolean;
    hasNewCa?: boolean;
  }>([
    { name: 'stay as they are at the next start', isNew: false },
    { name: 'are renewed under the same authority in the last 30 days', at: now + 370 * day, isNew: true },
    { name: 'are made for a host that they do not name', host: 'vigia.example.com', isNew: true },
    { name: 'are made for an address that they do not name', host: '192.0.2.7', isNew: true },
    { name: 'are made anew where the file was cut', spoil: (file) => truncateSync(file, 100), isNew: true },
    { name: 'have a new authority in its last 30 days', at: now + 3_630 * day, isNew: true, hasNewCa: true },
  ])('$name', async ({ at, host, spoil, isNew, hasNewCa = false }) => {
    const first = await keep();
    const before = { server: read(first.certificateFile), authority: read(first.authorityFile) };
    spoil?.(first.certificateFile);
    const second = await keep(at, host);
    expect(read(second.certificateFile) !== before.server).toBe(isNew);
    expect(read(second.authorityFile) !== before.authority).toBe(hasNewCa);
    const server = new X509Certificate(read(second.certificateFile));
    expect(server.verify(new X509Certificate(read(second.authorityFile)).publicKey)).toBe(true);
    if (host !== undefined) expect(server.checkHost(host) ?? server.checkIP(host)).toBe(host);
  });

  it('of one’s own are checked before the start, by the names of the settings', async () => {
    const { certificateFile, authorityFile = '' } = await keep();
    const create = (certificate: string | undefined, key: string | undefined) =>
      createCertificates(
        { host: '127.0.0.1', 'tls.certificate-file': certificate, 'tls.key-file': key },
        join(folder, 'none'),
        { isWanted: true },
      );
    const text = join(folder, 'text');
    writeFileSync(text, 'no certificate');
    expect(() => create(certificateFile, undefined)).toThrow('tls.certificate-file and tls.key-file belong together');
    expect(() => create(join(folder, 'away'), certificateFile)).toThrow(
      /tls\.certificate-file names .*away.* not exist/,
    );
    expect(() => create(text, certificateFile)).toThrow(/cannot be read as a PEM certificate/);
    expect(() => create(authorityFile, certificateFile)).toThrow(/does not belong to the certificate/);
    const own = create(certificateFile, certificateFile);
    expect(own.authority).toEqual({});
    expect(await own.files()).toEqual({ certificateFile, keyFile: certificateFile });
  });
});

describe('a listener by https', () => {
  const logger = { info: () => undefined, error: () => undefined };

  it('hands its connections to the HTTP server, survives what is no TLS, and ends open ones after the grace', async () => {
    const files = await keep(Date.now());
    const http = createServer((req, res) => {
      if (req.url === '/slow') res.write('begun');
      else res.end(`encrypted: ${'encrypted' in req.socket}`);
    });
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const { port } = await resolvePorts('127.0.0.1', [{ name: 'port', port: 0, flag: '' }]);
    const tls = await listenTls({
      host: '127.0.0.1',
      port,
      files,
      accept: (socket) => http.emit('connection', socket),
      logger,
    });
    const get = (path: string, host = '127.0.0.1') =>
      new Promise<string>((done, fail) => {
        const outgoing = request({ host, port, path, ca: read(files.authorityFile) }, (answer) => {
          let body = '';
          answer.on('data', (data: Buffer) => {
            body += data.toString();
            if (path === '/slow') done(body);
          });
          answer.on('end', () => done(body));
          answer.on('error', fail);
        });
        outgoing.on('error', fail);
        outgoing.end();
      });
    const plain = connect(port, '127.0.0.1');
    plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((done) => plain.once('close', done));
    expect(await get('/')).toBe('encrypted: true');
    expect(await get('/slow')).toBe('begun');
    await tls.close({ graceMs: 20 });
    await expect(get('/')).rejects.toThrow(/ECONNREFUSED/);
    http.closeAllConnections();
    await new Promise<void>((done) => http.close(() => done()));
  });
});
