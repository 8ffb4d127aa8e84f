import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { defineType, type Implementation } from '../member-table.ts';
import { formatDate } from '../text/date-format.ts';
import { typeOf } from '../type/types.ts';
import { fromDate } from '../value/date-parts.ts';
import { bytesIn, bytesItems, given, Native, notSupported, raise, type V } from '../value/values.ts';

const type = typeOf('X509Certificate2');
interface State {
  readonly certificate: X509Certificate;
  /** The trust that the host found for a client's certificate; undefined where nobody asked. */
  readonly isTrusted: boolean | undefined;
}
/** For hosts: a certificate as C# sees it. */
export function certificateOf(source: Uint8Array | string, isTrusted?: boolean): Native {
  try {
    return new Native(type, { certificate: new X509Certificate(source), isTrusted } satisfies State);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return raise('CryptographicException', 'Cannot find the requested object.');
  }
}
/** Node writes a name a line, the most general first; .NET joins them the other way round. */
const distinguished = (name: string): string => name.split('\n').reverse().join(', ');
const common = (name: string): string => /(?:^|\n)CN=([^\n]*)/.exec(name)?.[1] ?? '';
const of = (c: V): X509Certificate => c.state.certificate;
const hash = (c: V, algorithm = 'sha1'): Uint8Array => new Uint8Array(createHash(algorithm).update(of(c).raw).digest());
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const date = (text: string) => fromDate(new Date(text), 2);
const trust: Implementation = (c) => c.state.isTrusted ?? notSupported('The chain of this certificate');
const keyName = (c: V): string =>
  of(c).publicKey.asymmetricKeyType === 'rsa' ? '1.2.840.113549.1.1.1' : '1.2.840.10045.2.1';

export function defineCertificates(): void {
  const members: Record<string, Implementation> = {
    'new(byte[])': (_s, [b]) => certificateOf(bytesIn(b)),
    'Subject:string': (c) => distinguished(of(c).subject),
    'Issuer:string': (c) => distinguished(of(c).issuer),
    'GetSerialNumberString():string': (c) => of(c).serialNumber,
    'GetCertHash():byte[]': (c) => bytesItems(hash(c)),
    'GetCertHashString():string': (c) => hex(hash(c)),
    'GetEffectiveDateString():string': (c) => formatDate(date(of(c).validFrom), ''),
    'GetExpirationDateString():string': (c) => formatDate(date(of(c).validTo), ''),
    'GetRawCertData():byte[]': (c) => bytesItems(new Uint8Array(of(c).raw)),
    'GetRawCertDataString():string': (c) => hex(of(c).raw),
    'GetPublicKey():byte[]': (c) =>
      bytesItems(
        new Uint8Array(
          of(c).publicKey.export({
            type: of(c).publicKey.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'spki',
            format: 'der',
          }),
        ),
      ),
    'GetPublicKeyString():string': (c) =>
      hex(
        of(c).publicKey.export({ type: of(c).publicKey.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'spki', format: 'der' }),
      ),
    'GetKeyAlgorithm():string': keyName,
    'ToString():string': (c) =>
      `[Subject]\n  ${distinguished(of(c).subject)}\n\n[Issuer]\n  ${distinguished(of(c).issuer)}\n\n[Thumbprint]\n  ${hex(hash(c))}\n`,
  };
  defineType({ type: 'X509Certificate', members });
  defineType({
    type: 'X509Certificate2',
    bases: ['X509Certificate'],
    members: {
      'new(byte[])': (_s, [b]) => certificateOf(bytesIn(b)),
      'new(byte[],string)': () => notSupported('A certificate with its private key'),
      'new(string)': (_s, [x]) =>
        /BEGIN CERTIFICATE/.test(given(x)) ? certificateOf(x) : notSupported('A certificate from a file'),
      'Thumbprint:string': (c) => hex(hash(c)),
      'SerialNumber:string': (c) => of(c).serialNumber,
      'NotBefore:DateTime': (c) => date(of(c).validFrom),
      'NotAfter:DateTime': (c) => date(of(c).validTo),
      'RawData:byte[]': (c) => bytesItems(new Uint8Array(of(c).raw)),
      'FriendlyName:string': () => '',
      'HasPrivateKey:bool': () => false,
      'Version:int': () => 3,
      'SubjectName:X500DistinguishedName': (c) =>
        new Native(typeOf('X500DistinguishedName'), { text: distinguished(of(c).subject) }),
      'IssuerName:X500DistinguishedName': (c) =>
        new Native(typeOf('X500DistinguishedName'), { text: distinguished(of(c).issuer) }),
      'GetNameInfo(X509NameType,bool):string': (c, [kind, forIssuer]) => {
        if (kind === 3 || kind === 4)
          return /DNS:([^,]+)/.exec(of(c).subjectAltName ?? '')?.[1] ?? common(of(c).subject);
        if (kind === 1) return /email:([^,]+)/.exec(of(c).subjectAltName ?? '')?.[1] ?? '';
        return common(forIssuer ? of(c).issuer : of(c).subject);
      },
      'GetRSAPrivateKey():RSA': () => notSupported('The private key of a certificate'),
      'GetRSAPublicKey():RSA': (c) => new Native(typeOf('RSA'), { key: of(c).publicKey }),
      'Verify():bool': trust,
      'VerifyNoRevocation():bool': trust,
    },
  });
  defineType({
    type: 'X500DistinguishedName',
    members: {
      'Name:string': (n) => n.state.text,
      'Format(bool):string': (n, [isMultiline]) => (isMultiline ? n.state.text.replaceAll(', ', '\n') : n.state.text),
    },
  });
  defineRsa();
}

function defineRsa(): void {
  for (const [name, values] of [
    ['RSASignaturePadding', ['Pkcs1', 'Pss']],
    ['RSAEncryptionPadding', ['Pkcs1', 'OaepSHA1', 'OaepSHA256']],
  ] as const)
    defineType({
      type: name,
      members: { 'ToString():string': (p) => p.state.text },
      statics: Object.fromEntries(
        values.map((value): [string, Implementation] => [
          `${value}:${name}`,
          () => new Native(typeOf(name), { text: value }),
        ]),
      ),
    });
  const key = (r: V) => r.state.key ?? raise('CryptographicException', 'The key is missing.');
  const isSigned = (r: V, data: Uint8Array, signature: V, algorithm: V, padding: V): boolean => {
    if (padding.state.text !== 'Pkcs1') notSupported('This padding of a signature');
    return verify(algorithm.state.text.toLowerCase(), data, key(r), bytesIn(signature));
  };
  defineType({
    type: 'RSA',
    members: {
      'KeySize:int': (r) => key(r).asymmetricKeyDetails?.modulusLength ?? 0,
      'VerifyData(byte[],byte[],HashAlgorithmName,RSASignaturePadding):bool': (
        r,
        [data, signature, algorithm, padding],
      ) => isSigned(r, bytesIn(data), signature, algorithm, given(padding)),
      'SignData(byte[],HashAlgorithmName,RSASignaturePadding):byte[]': () => notSupported('Signing with a private key'),
      'ImportParameters(RSAParameters)': (r, [parameters]) => {
        const { modulus, exponent } = parameters.state;
        const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
        r.state.key = createPublicKey({ key: { kty: 'RSA', n: text(modulus), e: text(exponent) }, format: 'jwk' });
      },
    },
    statics: { 'Create():RSA': () => new Native(typeOf('RSA'), { key: undefined }) },
  });
  const bytes =
    (name: string): Implementation =>
    (p) =>
      p.state[name] ? bytesItems(p.state[name]) : null;
  const set =
    (name: string): Implementation =>
    (p, [value]) => {
      p.state[name] = bytesIn(value);
    };
  defineType({ type: 'RSACng', bases: ['RSA'] });
  defineType({
    type: 'RSAParameters',
    members: {
      'new()': () => new Native(typeOf('RSAParameters'), {}),
      'Modulus:byte[]': bytes('modulus'),
      'Exponent:byte[]': bytes('exponent'),
    },
    setters: { 'Modulus:byte[]': set('modulus'), 'Exponent:byte[]': set('exponent') },
  });
}
