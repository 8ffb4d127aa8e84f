import { readFileSync, statSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import type { CertificateFiles } from './keep-certificates.ts';

export interface TlsOptions {
  readonly host: string;
  readonly port: number;
  readonly files: CertificateFiles;
  /** Takes a connection whose handshake is done: an HTTP server's `emit('connection', socket)`. */
  readonly accept: (socket: TLSSocket) => void;
  readonly logger: {
    info(message: string, facts?: Readonly<Record<string, unknown>>): void;
    error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  };
}

export interface TlsListener {
  /** Takes no new connection; resolves when the open ones are closed, which are cut after the grace. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

const handshakeMs = 15_000;
const checkEveryMs = 3_600_000;

/**
 * TLS before an HTTP server that listens without it as well: the same requests, one way further out. A certificate that
 * was renewed on disk is taken within the hour; open connections stay. Rejects where the port is taken.
 */
export async function listenTls({ host, port, files, accept, logger }: TlsOptions): Promise<TlsListener> {
  let loaded = load(files);
  const server = createServer({
    ...loaded.context,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: handshakeMs,
    noDelay: true,
  });
  const open = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    accept(socket);
  });
  // A client that does not trust the authority, or speaks no TLS: its own error tells it.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  logger.info('listening with TLS', { port });

  const timer = setInterval(() => {
    try {
      if (stampOf(files) === loaded.stamp) return;
      loaded = load(files);
      server.setSecureContext(loaded.context);
      logger.info('A new certificate is in force', { file: files.certificateFile });
    } catch (error) {
      // The one in force stays; the next hour tries again.
      logger.error('The certificate on disk cannot be taken', { error, file: files.certificateFile });
    }
  }, checkEveryMs);
  timer.unref();

  return {
    async close({ graceMs }) {
      clearInterval(timer);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

const load = (files: CertificateFiles) => ({
  stamp: stampOf(files),
  context: { cert: readFileSync(files.certificateFile), key: readFileSync(files.keyFile) },
});

const stampOf = ({ certificateFile, keyFile }: CertificateFiles): string =>
  [certificateFile, keyFile].map((file) => statSync(file).mtimeMs).join(' ');
