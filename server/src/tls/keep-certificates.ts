import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Problem } from '@vigia/problem';
import { type CertificateAndKey, makeAuthority, makeServerCertificate, type ServerNames } from './make-certificates.ts';

/** Where a server finds what it shows to its clients, both PEM; one file may hold both. */
export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** The authority that clients have to trust; absent with certificates of one's own. */
  readonly authorityFile?: string;
}

const day = 86_400_000;
const renewBeforeDays = 30;

export const authorityFileIn = (secretsFolder: string): string => join(secretsFolder, 'tls-ca.pem');

/**
 * Makes the authority and the server's certificate where they are missing, near their end (30 days), or for other
 * names than the server has now; otherwise reads them and leaves them. Private keys are written with mode 0600.
 */
export async function keepCertificates(
  { secretsFolder, host }: { readonly secretsFolder: string; readonly host: string },
  now: number,
): Promise<CertificateFiles> {
  const authorityFile = authorityFileIn(secretsFolder);
  const authorityKeyFile = join(secretsFolder, 'tls-ca-key.pem');
  // Key and certificate in one file are renewed in one step.
  const serverFile = join(secretsFolder, 'tls-server.pem');

  let authority = readPair(authorityFile, authorityKeyFile);
  if (authority === undefined || !isLasting(authority, now)) {
    authority = await makeAuthority(now);
    writePrivate(authorityKeyFile, authority.key);
    writePrivate(authorityFile, authority.certificate);
  }
  const names = serverNames(host);
  const server = readPair(serverFile, serverFile);
  if (server === undefined || !isLasting(server, now) || !isFor(names, server) || !isSignedBy(authority, server)) {
    const { certificate, key } = await makeServerCertificate(authority, names, now);
    writePrivate(serverFile, `${key}${certificate}`);
  }
  return { certificateFile: serverFile, keyFile: serverFile, authorityFile };
}

/** Certificates of one's own, by the settings. Throws where they cannot serve. */
export function checkCertificates(certificateFile: string, keyFile: string): CertificateFiles {
  for (const [setting, file] of [
    ['tls.certificate-file', certificateFile],
    ['tls.key-file', keyFile],
  ] as const) {
    if (!existsSync(file)) throw invalid(`${setting} names ${file}, which does not exist.`);
  }
  let fits: boolean;
  try {
    fits = new X509Certificate(readFileSync(certificateFile)).checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch (cause) {
    throw invalid(
      `${certificateFile} and ${keyFile} (tls.certificate-file, tls.key-file) cannot be read as a PEM certificate and an unencrypted PEM key: ${cause instanceof Error ? cause.message : cause}`,
      cause,
    );
  }
  if (!fits)
    throw invalid(`The key in ${keyFile} (tls.key-file) does not belong to the certificate in ${certificateFile}.`);
  return { certificateFile, keyFile };
}

const invalid = (message: string, cause?: unknown): Problem =>
  new Problem({ code: 'InvalidSettings', status: 400, message, ...(cause === undefined ? {} : { cause }) });

/** What clients of this machine call it, and the host of the settings; for all addresses, all that the machine has now. */
function serverNames(host: string): ServerNames {
  const isAll = host === '0.0.0.0' || host === '::';
  const others = isAll
    ? [hostname(), ...Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address))]
    : [host];
  const found = new Set(['localhost', '127.0.0.1', '::1', ...others.map((name) => name.toLowerCase())]);
  // The address of one link means nothing elsewhere.
  const all = [...found].filter((name) => !name.startsWith('fe80:') && name !== '');
  const isIp = (name: string): boolean => name.includes(':') || /^\d+(?:\.\d+){3}$/.test(name);
  return { dns: all.filter((name) => !isIp(name)), ip: all.filter(isIp) };
}

function readPair(certificateFile: string, keyFile: string): CertificateAndKey | undefined {
  if (!existsSync(certificateFile) || !existsSync(keyFile)) return undefined;
  const pair = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  try {
    return certificateIn(pair).checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined;
  } catch {
    // Not a certificate, or half of one: a new pair takes its place.
    return undefined;
  }
}

const certificateIn = ({ certificate }: CertificateAndKey): X509Certificate => new X509Certificate(certificate);

const isLasting = (pair: CertificateAndKey, now: number): boolean => {
  const { validFrom, validTo } = certificateIn(pair);
  return Date.parse(validFrom) <= now && Date.parse(validTo) - now > renewBeforeDays * day;
};

const isFor = ({ dns, ip }: ServerNames, pair: CertificateAndKey): boolean => {
  const certificate = certificateIn(pair);
  return (
    dns.every((name) => certificate.checkHost(name) !== undefined) &&
    ip.every((address) => certificate.checkIP(address) !== undefined)
  );
};

const isSignedBy = (authority: CertificateAndKey, server: CertificateAndKey): boolean =>
  certificateIn(server).verify(certificateIn(authority).publicKey);

function writePrivate(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
