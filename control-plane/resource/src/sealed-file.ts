import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isMissing, writeAtomically } from './atomic-file.ts';

/** What a sealed file is for: its first line, and the label that its key is derived with. */
export interface SealPurpose {
  /** `VIGIA-VAULT-1`. */
  readonly format: string;
  /** `vigia/vault/v1`. */
  readonly label: string;
}

const nonceBytes = 12;
const tagBytes = 16;

const keyOf = (masterKey: Uint8Array, { label }: SealPurpose): Buffer =>
  Buffer.from(hkdfSync('sha256', masterKey, '', label, 32));

/** Header line, 12 bytes of nonce, 16 bytes of tag, AES-256-GCM; the header is authenticated too. */
export function seal(text: string, masterKey: Uint8Array, purpose: SealPurpose): Buffer {
  const header = Buffer.from(`${purpose.format}\n`);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(masterKey, purpose), nonce, { authTagLength: tagBytes }).setAAD(
    header,
  );
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([header, nonce, cipher.getAuthTag(), body]);
}

/** Throws where the bytes are of another purpose, another key, or damaged. */
export function unseal(sealed: Buffer, masterKey: Uint8Array, purpose: SealPurpose): string {
  const header = Buffer.from(`${purpose.format}\n`);
  if (!sealed.subarray(0, header.length).equals(header))
    throw new Error(`The file is not of the format ${purpose.format}.`);
  const rest = sealed.subarray(header.length);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(masterKey, purpose), rest.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(header).setAuthTag(rest.subarray(nonceBytes, nonceBytes + tagBytes));
  return Buffer.concat([decipher.update(rest.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
}

export const writeSealed = (file: string, text: string, masterKey: Uint8Array, purpose: SealPurpose): Promise<void> =>
  writeAtomically(file, seal(text, masterKey, purpose), 0o600);

/** undefined: there is no such file. */
export async function readSealed(
  file: string,
  masterKey: Uint8Array,
  purpose: SealPurpose,
): Promise<string | undefined> {
  let sealed: Buffer;
  try {
    sealed = await readFile(file);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return unseal(sealed, masterKey, purpose);
  } catch (cause) {
    throw new Error(
      `${file} cannot be opened with this installation's master key (secrets/master.key). Restore the key that belongs to it.`,
      { cause },
    );
  }
}
