import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '@vigia/contract';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
} from 'jose';

/** One signing key; the first of the list signs, the rest are still published so that their tokens stay valid. */
interface StoredKey {
  readonly kid: string;
  readonly privateJwk: JWK;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** When another key took over; absent for the key that signs. */
  readonly retiredAt?: number;
}

export interface SigningKeys {
  readonly kid: string;
  readonly signingKey: CryptoKey;
  /** Public halves, the signing key first. */
  readonly jwks: JSONWebKeySet;
}

export interface SigningKeyOptions {
  readonly folder: string;
  /** 32 bytes or more; the file is sealed with a key derived from it (HKDF-SHA256, AES-256-GCM). */
  readonly masterKey: KeyObject | Uint8Array;
  readonly clock: Clock;
  /** A retired key is published this much longer: the longest life of a token that it signed. */
  readonly keepRetiredMs: number;
}

const fileName = 'token-signing-keys.sealed';
const algorithm = 'RS256';
/** Format 1: this header, 12 bytes of nonce, 16 bytes of tag, ciphertext. The header is authenticated too. */
const format = 'VIGIA-KEYS-1\n';
const header = Buffer.from(format);

/** RSA keys on disk, sealed, written atomically, readable by their owner alone. */
export async function openSigningKeys(options: SigningKeyOptions) {
  const path = join(options.folder, fileName);
  const sealKey = Buffer.from(hkdfSync('sha256', options.masterKey, '', 'vigia/token-signing-keys/v1', 32));
  let stored = await readSealed(path, sealKey);
  if (stored.length === 0) {
    stored = [await newKey(options.clock)];
    await writeSealed(path, sealKey, stored);
  }
  let keys = await publish(stored);

  return {
    current: (): SigningKeys => keys,
    /** A new key signs from now on. The one before stays published, older ones until their last token has expired. */
    async rotate(): Promise<void> {
      const now = options.clock.now();
      const next = [
        await newKey(options.clock),
        ...stored
          .map((key) => ({ ...key, retiredAt: key.retiredAt ?? now }))
          .filter(({ retiredAt }, position) => position === 0 || now - retiredAt < options.keepRetiredMs),
      ];
      await writeSealed(path, sealKey, next);
      stored = next;
      keys = await publish(next);
    },
    /** Milliseconds since the Unix epoch. */
    signingSince: (): number => stored[0]?.createdAt ?? 0,
  };
}

async function newKey(clock: Clock): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(algorithm, { modulusLength: 2048, extractable: true });
  const privateJwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(privateJwk), privateJwk, createdAt: clock.now() };
}

async function publish(stored: readonly StoredKey[]): Promise<SigningKeys> {
  const [first] = stored;
  if (first === undefined) throw new Error('The list of signing keys is empty.');
  const signingKey = await importJWK(first.privateJwk, algorithm);
  if (signingKey instanceof Uint8Array) throw new Error('The signing key is not an RSA key.');
  return {
    kid: first.kid,
    signingKey,
    jwks: { keys: stored.map(({ kid, privateJwk: { kty, n, e } }) => publicJwk(kid, { kty, n, e })) },
  };
}

const publicJwk = (
  kid: string,
  { kty, n, e }: { kty?: string | undefined; n?: string | undefined; e?: string | undefined },
) => ({
  kty: kty ?? 'RSA',
  use: 'sig',
  alg: algorithm,
  kid,
  x5t: kid,
  ...(n === undefined ? {} : { n }),
  ...(e === undefined ? {} : { e }),
});

async function readSealed(path: string, key: Buffer): Promise<readonly StoredKey[]> {
  let sealed: Buffer;
  try {
    sealed = await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  try {
    if (!sealed.subarray(0, header.length).equals(header)) throw new Error('Unknown format.');
    const rest = sealed.subarray(header.length);
    const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(header).setAuthTag(rest.subarray(12, 28));
    const text = Buffer.concat([decipher.update(rest.subarray(28)), decipher.final()]).toString('utf8');
    return JSON.parse(text) as StoredKey[];
  } catch (cause) {
    throw new Error(
      `${path} cannot be opened with this installation's master key. Restore the key that belongs to it, or delete the file: tokens issued so far then stop being valid.`,
      { cause },
    );
  }
}

async function writeSealed(path: string, key: Buffer, keys: readonly StoredKey[]): Promise<void> {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 }).setAAD(header);
  const text = Buffer.concat([cipher.update(JSON.stringify(keys), 'utf8'), cipher.final()]);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}.tmp`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.concat([header, nonce, cipher.getAuthTag(), text]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
