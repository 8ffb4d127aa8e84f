import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { defineType, type Implementation } from '../member-table.ts';
import { typeOf } from '../type/types.ts';
import { bytesIn, bytesItems, given, type Items, Native, notSupported, raise, type V } from '../value/values.ts';

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  SHA1: 'sha1',
  SHA256: 'sha256',
  SHA384: 'sha384',
  SHA512: 'sha512',
};
const sizes: Readonly<Record<string, number>> = { md5: 128, sha1: 160, sha256: 256, sha384: 384, sha512: 512 };

interface HashState {
  readonly algorithm: string;
  key: Uint8Array | undefined;
  hash: Uint8Array | null;
}
function compute(h: V, bytes: Uint8Array): Items {
  const state: HashState = h.state;
  const digest = state.key
    ? createHmac(state.algorithm, state.key).update(bytes).digest()
    : createHash(state.algorithm).update(bytes).digest();
  state.hash = new Uint8Array(digest);
  return bytesItems(state.hash);
}
const hashMembers: Record<string, Implementation> = {
  'ComputeHash(byte[]):byte[]': (h, [b]) => compute(h, bytesIn(b)),
  'ComputeHash(byte[],int,int):byte[]': (h, [b, i, n]) => {
    const all = bytesIn(b);
    if (i < 0 || n < 0 || i + n > all.length)
      raise('ArgumentException', 'Offset and length were out of bounds for the array.');
    return compute(h, all.subarray(i, i + n));
  },
  'Hash:byte[]': (h) => (h.state.hash === null ? null : bytesItems(h.state.hash)),
  'HashSize:int': (h) => sizes[h.state.algorithm] ?? 0,
  'Initialize()': () => null,
  'Clear()': () => null,
  'Dispose()': () => null,
};
const make = (name: string, algorithm: string, key?: Uint8Array): Native =>
  new Native(typeOf(name), { algorithm, key, hash: null } satisfies HashState);
const cryptographic = (message: string): never => raise('CryptographicException', message);

/** Hashes, HMACs, random bytes, and the symmetric ciphers behind Encrypt and Decrypt. */
export function defineHashes(): void {
  defineType({
    type: 'HashAlgorithm',
    members: hashMembers,
    statics: {
      'Create(string):HashAlgorithm': (_s, [name]) => {
        const found = given(name).replace('-', '').toUpperCase();
        return algorithms[found] ? make(found, algorithms[found]) : null;
      },
    },
  });
  defineType({
    type: 'KeyedHashAlgorithm',
    bases: ['HashAlgorithm'],
    members: { 'Key:byte[]': (h) => bytesItems(h.state.key) },
    setters: {
      'Key:byte[]': (h, [key]) => {
        h.state.key = bytesIn(key);
      },
    },
  });
  defineType({
    type: 'HMAC',
    bases: ['KeyedHashAlgorithm'],
    members: { 'HashName:string': (h) => h.state.algorithm.toUpperCase() },
    statics: {
      'Create(string):HMAC': (_s, [name]) => {
        const found = given(name).toUpperCase();
        const algorithm = algorithms[found.replace(/^HMAC/, '')];
        return algorithm ? make(found, algorithm, randomBytes(64)) : null;
      },
    },
  });
  for (const [name, algorithm] of Object.entries(algorithms)) {
    defineType({
      type: name,
      bases: ['HashAlgorithm'],
      members: { 'new()': () => make(name, algorithm) },
      statics: { [`Create():${name}`]: () => make(name, algorithm) },
    });
    if (name !== 'MD5')
      defineType({
        type: `${name}Managed`,
        bases: [name],
        members: { 'new()': () => make(`${name}Managed`, algorithm) },
      });
    defineType({
      type: `HMAC${name}`,
      bases: ['HMAC'],
      members: {
        'new()': () => make(`HMAC${name}`, algorithm, randomBytes(64)),
        'new(byte[])': (_s, [key]) => make(`HMAC${name}`, algorithm, bytesIn(key)),
      },
    });
  }
  defineType({
    type: 'HashAlgorithmName',
    members: { 'Name:string': (n) => n.state.text, 'ToString():string': (n) => n.state.text },
    statics: Object.fromEntries(
      Object.keys(algorithms).map((name): [string, Implementation] => [
        `${name}:HashAlgorithmName`,
        () => new Native(typeOf('HashAlgorithmName'), { text: name }),
      ]),
    ),
  });
  const fill: Implementation = (_g, [b]) => void bytesIn(b).set(randomBytes(bytesIn(b).length));
  defineType({
    type: 'RNGCryptoServiceProvider',
    members: {
      'new()': () => new Native(typeOf('RNGCryptoServiceProvider'), {}),
      'GetBytes(byte[])': fill,
      'GetNonZeroBytes(byte[])': (_g, [b]) => {
        const bytes = bytesIn(b);
        for (let i = 0; i < bytes.length; i++) bytes[i] = randomInt(1, 256);
      },
      'Dispose()': () => null,
    },
  });
  defineCiphers();
}

interface CipherState {
  readonly name: string;
  key: Uint8Array;
  iv: Uint8Array;
  mode: number;
  padding: number;
}
const keySizes: Readonly<Record<string, readonly number[]>> = {
  Aes: [16, 24, 32],
  Rijndael: [16, 24, 32],
  TripleDES: [16, 24],
  DES: [8],
};
const aliases: Readonly<Record<string, string>> = {
  aes: 'Aes',
  aesmanaged: 'Aes',
  rijndael: 'Rijndael',
  rijndaelmanaged: 'Rijndael',
  tripledes: 'TripleDES',
  '3des': 'TripleDES',
  des: 'DES',
};

function cipherName({ name, key, mode }: CipherState): string {
  if (!keySizes[name]?.includes(key.length)) cryptographic('Specified key is not a valid size for this algorithm.');
  const kind = { 1: 'cbc', 2: 'ecb' }[mode] ?? notSupported('This cipher mode');
  if (name === 'TripleDES') return key.length === 16 ? `des-ede-${kind}` : `des-ede3-${kind}`;
  return name === 'DES' ? `des-${kind}` : `aes-${key.length * 8}-${kind}`;
}
/** Encrypts or decrypts; what the cipher refuses is C#'s exception. */
export function cipher(bytes: Uint8Array, state: CipherState, isEncrypting: boolean): Items {
  const name = cipherName(state);
  const iv = name.endsWith('ecb') ? null : state.iv;
  const blockSize = name.startsWith('aes') ? 16 : 8;
  if (iv && iv.length !== blockSize)
    cryptographic('Specified initialization vector (IV) does not match the block size for this algorithm.');
  try {
    const engine = isEncrypting ? createCipheriv(name, state.key, iv) : createDecipheriv(name, state.key, iv);
    engine.setAutoPadding(state.padding === 2);
    let input = bytes;
    if (state.padding === 3 && isEncrypting && bytes.length % blockSize !== 0)
      input = Buffer.concat([bytes, Buffer.alloc(blockSize - (bytes.length % blockSize))]);
    return bytesItems(new Uint8Array(Buffer.concat([engine.update(input), engine.final()])));
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      return cryptographic(
        isEncrypting ? 'The input data is not a complete block.' : 'Padding is invalid and cannot be removed.',
      );
    throw error;
  }
}
export function namedCipher(name: V, key: V, iv: V): CipherState {
  const found = aliases[given(name).toLowerCase()] ?? notSupported(`The algorithm '${name}'`);
  return { name: found, key: bytesIn(key), iv: bytesIn(iv), mode: 1, padding: 2 };
}

function defineCiphers(): void {
  const create = (name: string): Native =>
    new Native(typeOf('SymmetricAlgorithm'), {
      name,
      key: randomBytes(keySizes[name]?.at(-1) ?? 32),
      iv: randomBytes(name.endsWith('DES') ? 8 : 16),
      mode: 1,
      padding: 2,
    } satisfies CipherState);
  defineType({
    type: 'SymmetricAlgorithm',
    members: {
      'Key:byte[]': (c) => bytesItems(c.state.key),
      'IV:byte[]': (c) => bytesItems(c.state.iv),
      'Mode:CipherMode': (c) => c.state.mode,
      'Padding:PaddingMode': (c) => c.state.padding,
      'KeySize:int': (c) => c.state.key.length * 8,
      'BlockSize:int': (c) => (c.state.name.endsWith('DES') ? 64 : 128),
      'GenerateIV()': (c) => {
        c.state.iv = randomBytes(c.state.iv.length);
      },
      'GenerateKey()': (c) => {
        c.state.key = randomBytes(c.state.key.length);
      },
      'Clear()': () => null,
      'Dispose()': () => null,
    },
    setters: {
      'Key:byte[]': (c, [key]) => {
        c.state.key = bytesIn(key);
      },
      'IV:byte[]': (c, [iv]) => {
        c.state.iv = bytesIn(iv);
      },
      'Mode:CipherMode': (c, [mode]) => {
        c.state.mode = mode;
      },
      'Padding:PaddingMode': (c, [padding]) => {
        c.state.padding = padding;
      },
      'KeySize:int': (c, [bits]) => {
        c.state.key = randomBytes(bits / 8);
      },
    },
    statics: {
      'Create(string):SymmetricAlgorithm': (_s, [name]) => {
        const found = aliases[given(name).toLowerCase()];
        return found ? create(found) : null;
      },
    },
  });
}
/** Extension methods of byte[]: `Encrypt(alg, key, iv)` and their like. */
export const cipherMembers: Record<string, Implementation> = Object.fromEntries(
  (
    [
      ['Encrypt', true],
      ['Decrypt', false],
    ] as const
  ).flatMap(([name, isEncrypting]): [string, Implementation][] => [
    [
      `${name}(this byte[],string,byte[],byte[]):byte[]`,
      (b, [alg, key, iv]) => cipher(bytesIn(b), namedCipher(alg, key, iv), isEncrypting),
    ],
    [
      `${name}(this byte[],SymmetricAlgorithm):byte[]`,
      (b, [alg]) => cipher(bytesIn(b), given(alg).state, isEncrypting),
    ],
    [
      `${name}(this byte[],SymmetricAlgorithm,byte[],byte[]):byte[]`,
      (b, [alg, key, iv]) =>
        cipher(bytesIn(b), { ...given(alg).state, key: bytesIn(key), iv: bytesIn(iv) }, isEncrypting),
    ],
  ]),
);
