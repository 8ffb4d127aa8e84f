import { randomBytes, webcrypto } from 'node:crypto';
import { hostname } from 'node:os';

/** A certificate with its private key, both as PEM. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

export interface ServerNames {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

const day = 86_400_000;
const authorityDays = 3_650;
/** What browsers and operating systems accept at most. */
const serverDays = 397;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

/** A certificate authority of this installation alone: ECDSA P-256, ten years, may sign servers and no further authority. */
export async function makeAuthority(now: number): Promise<CertificateAndKey> {
  const x509 = await library();
  const keys = await keyPair();
  // A machine may have several installations: the name tells whose authority stands in the list of trusted ones.
  const name = [{ CN: [`Vigia local CA ${randomBytes(4).toString('hex')}`] }, { O: [`Vigia on ${hostname()}`] }];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name,
    notBefore: new Date(now - day),
    notAfter: new Date(now + authorityDays * day),
    keys,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate.toString('pem')), key: await privatePem(keys) };
}

/** A server's certificate for these names, signed by the authority; ends no later than it. */
export async function makeServerCertificate(
  authority: CertificateAndKey,
  names: ServerNames,
  now: number,
): Promise<CertificateAndKey> {
  const x509 = await library();
  const keys = await keyPair();
  const issuer = new x509.X509Certificate(authority.certificate);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOf(authority.key), algorithm, false, ['sign']);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: ['Vigia'] }],
    issuer: issuer.subject,
    notBefore: new Date(now - day),
    notAfter: new Date(Math.min(now + serverDays * day, issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.ip.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: pem(certificate.toString('pem')), key: await privatePem(keys) };
}

/** Loaded only when a certificate is made: a start that finds its own does not pay for it. */
async function library() {
  // Its decorators ask for the metadata API, which the package brings no more.
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}

const keyPair = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function privatePem({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

const derOf = (text: string): Buffer => Buffer.from(text.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
const pem = (text: string): string => `${text.trim()}\n`;
/** Positive and unpredictable, as the rules for certificates ask for. */
const serialNumber = (): string => `4${randomBytes(15).toString('hex').slice(1)}`;
