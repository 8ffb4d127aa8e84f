import { T, type Type } from './types.ts';

const listed: Readonly<Record<string, string>> = {
  System:
    'Action Array ArgumentException ArgumentNullException ArgumentOutOfRangeException ArithmeticException ArrayTypeMismatchException ' +
    'Base64FormattingOptions BitConverter Boolean Byte Char Comparison Convert Converter DateTime DateTimeKind DateTimeOffset DayOfWeek Decimal ' +
    'DivideByZeroException Double Enum Exception FormatException Func Guid IndexOutOfRangeException Int16 Int32 Int64 ' +
    'InvalidCastException InvalidOperationException Lazy Math MidpointRounding NotImplementedException NotSupportedException ' +
    'NullReferenceException Nullable Object ObjectDisposedException OutOfMemoryException OverflowException Predicate Random SByte ' +
    'Single String StringComparer StringComparison StringSplitOptions TimeSpan TimeZone TimeZoneInfo TimeoutException Tuple Type ' +
    'TypeCode UInt16 UInt32 UInt64 Uri UriBuilder UriFormatException UriHostNameType UriKind UriPartial ValueTuple SystemException ' +
    'ApplicationException IFormatProvider ICloneable IComparable IDisposable IEquatable Environment RankException UnauthorizedAccessException ' +
    'InvalidTimeZoneException TimeZoneNotFoundException',
  'System.Collections': 'IEnumerable IEnumerator IList ICollection IDictionary',
  'System.Collections.Generic':
    'Comparer Dictionary EqualityComparer HashSet ICollection IComparer IDictionary IEnumerable IEnumerator IEqualityComparer IList ' +
    'IReadOnlyCollection IReadOnlyDictionary IReadOnlyList ISet KeyNotFoundException KeyValuePair List Queue Stack',
  'System.Globalization': 'CultureInfo DateTimeStyles NumberStyles',
  'System.IO':
    'StringReader StringWriter TextReader TextWriter IOException MemoryStream Stream StreamReader InvalidDataException EndOfStreamException',
  'System.Linq': 'Enumerable IGrouping ILookup IOrderedEnumerable Lookup',
  'System.Net': 'IPAddress WebUtility',
  'System.Net.Sockets': 'AddressFamily',
  'System.Security.Cryptography':
    'AsymmetricAlgorithm CipherMode CryptographicException HMAC HMACMD5 HMACSHA1 HMACSHA256 HMACSHA384 HMACSHA512 HashAlgorithm ' +
    'HashAlgorithmName KeyedHashAlgorithm MD5 MD5CryptoServiceProvider Oid PaddingMode RNGCryptoServiceProvider RSA RSAEncryptionPadding RSASignaturePadding ' +
    'RandomNumberGenerator SHA1 SHA1Managed SHA256 SHA256Managed SHA384 SHA384Managed SHA512 SHA512Managed SymmetricAlgorithm Aes AesManaged ' +
    'RijndaelManaged SHA1CryptoServiceProvider SHA256CryptoServiceProvider',
  'System.Security.Cryptography.X509Certificates':
    'PublicKey X500DistinguishedName X509Certificate X509Certificate2 X509ContentType X509NameType RSACertificateExtensions X500DistinguishedNameFlags',
  'System.Text':
    'Encoding StringBuilder ASCIIEncoding UTF8Encoding UnicodeEncoding DecoderFallbackException EncoderFallbackException',
  'System.Text.RegularExpressions':
    'Capture CaptureCollection Group GroupCollection Match MatchCollection MatchEvaluator Regex RegexMatchTimeoutException RegexOptions',
  'System.Xml': 'XmlException XmlNodeType',
  'System.Xml.Linq':
    'LoadOptions SaveOptions XAttribute XCData XComment XContainer XDeclaration XDocument XDocumentType XElement XName XNamespace ' +
    'XNode XNodeDocumentOrderComparer XNodeEqualityComparer XObject XProcessingInstruction XText',
  'Newtonsoft.Json':
    'Formatting JsonConvert JsonException JsonReaderException JsonSerializationException JsonSerializerSettings JsonWriterException NullValueHandling',
  'Newtonsoft.Json.Linq':
    'CommentHandling Extensions JArray JConstructor JContainer JObject JProperty JRaw JToken JTokenType JValue JsonLoadSettings ' +
    'JsonMergeSettings LineInfoHandling MergeArrayHandling MergeNullValueHandling IJEnumerable JEnumerable',
};
const namespaces = new Map<string, string>();
for (const [namespace, names] of Object.entries(listed))
  for (const name of names.split(' ')) namespaces.set(name, namespace);

/** C#'s keyword → the .NET name. */
export const keywordTypes: Readonly<Record<string, string>> = {
  object: 'Object',
  string: 'String',
  bool: 'Boolean',
  byte: 'Byte',
  sbyte: 'SByte',
  short: 'Int16',
  ushort: 'UInt16',
  int: 'Int32',
  uint: 'UInt32',
  long: 'Int64',
  ulong: 'UInt64',
  float: 'Single',
  double: 'Double',
  decimal: 'Decimal',
  char: 'Char',
};
export const aliases: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(keywordTypes).map(([keyword, name]) => [name, keyword]),
);

/** `System.Text` of Encoding; undefined for API Management's own types. */
export const namespaceOf = (name: string): string | undefined => namespaces.get(name);
export const isNamespace = (text: string): boolean =>
  Object.hasOwn(listed, text) || text === 'Newtonsoft' || text === 'System.Security';

/** `System.Int32`, `System.Collections.Generic.List`. */
export function bareName(name: string): string {
  const net = keywordTypes[name] ?? name;
  const namespace = namespaces.get(net);
  return namespace === undefined ? net : `${namespace}.${net}`;
}

/** As `Type.ToString()` writes it: ``System.Collections.Generic.List`1[System.Int32]``. */
export function reflectedName(type: Type): string {
  if (type.name.startsWith('[')) return `${reflectedName(type.args[0] ?? T.object)}${type.name}`;
  if (type.name === '?') return `System.Nullable\`1[${reflectedName(type.args[0] ?? T.object)}]`;
  if (type.args.length === 0) return bareName(type.name);
  return `${bareName(type.name)}\`${type.args.length}[${type.args.map(reflectedName).join(',')}]`;
}

/** As C# writes it with full names: `System.Collections.Generic.List<System.Int32>`. */
export function fullName(type: Type): string {
  if (type.name.startsWith('[')) return `${fullName(type.args[0] ?? T.object)}${type.name}`;
  if (type.name === '?') return fullName(type.args[0] ?? T.object);
  if (type.name === 'anonymous') return 'anonymous';
  if (type.args.length === 0) return bareName(type.name);
  return `${bareName(type.name)}<${type.args.map(fullName).join(',')}>`;
}
