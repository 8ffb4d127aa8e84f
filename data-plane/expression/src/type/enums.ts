const numbered = (names: string): Readonly<Record<string, number>> =>
  Object.fromEntries(names.split(' ').map((name, index) => [name, index]));

/** The enums that expressions may name, with .NET's numbers. */
export const enumTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  StringComparison: numbered(
    'CurrentCulture CurrentCultureIgnoreCase InvariantCulture InvariantCultureIgnoreCase Ordinal OrdinalIgnoreCase',
  ),
  StringSplitOptions: numbered('None RemoveEmptyEntries'),
  DateTimeKind: numbered('Unspecified Utc Local'),
  DayOfWeek: numbered('Sunday Monday Tuesday Wednesday Thursday Friday Saturday'),
  MidpointRounding: numbered('ToEven AwayFromZero'),
  UriPartial: numbered('Scheme Authority Path Query'),
  UriKind: numbered('RelativeOrAbsolute Absolute Relative'),
  UriHostNameType: numbered('Unknown Basic Dns IPv4 IPv6'),
  TypeCode: {
    Empty: 0,
    Object: 1,
    DBNull: 2,
    Boolean: 3,
    Char: 4,
    SByte: 5,
    Byte: 6,
    Int16: 7,
    UInt16: 8,
    Int32: 9,
    UInt32: 10,
    Int64: 11,
    UInt64: 12,
    Single: 13,
    Double: 14,
    Decimal: 15,
    DateTime: 16,
    String: 18,
  },
  Formatting: numbered('None Indented'),
  JTokenType: numbered(
    'None Object Array Constructor Property Comment Integer Float String Boolean Null Undefined Date Raw Bytes Guid Uri TimeSpan',
  ),
  MergeArrayHandling: numbered('Concat Union Replace Merge'),
  MergeNullValueHandling: { Ignore: 0, Merge: 1 },
  NullValueHandling: numbered('Include Ignore'),
  LineInfoHandling: numbered('Ignore Load'),
  CommentHandling: numbered('Ignore Load'),
  RegexOptions: {
    None: 0,
    IgnoreCase: 1,
    Multiline: 2,
    ExplicitCapture: 4,
    Compiled: 8,
    Singleline: 16,
    IgnorePatternWhitespace: 32,
    RightToLeft: 64,
    ECMAScript: 256,
    CultureInvariant: 512,
  },
  XmlNodeType: numbered(
    'None Element Attribute Text CDATA EntityReference Entity ProcessingInstruction Comment Document DocumentType DocumentFragment Notation Whitespace SignificantWhitespace EndElement EndEntity XmlDeclaration',
  ),
  SaveOptions: { None: 0, DisableFormatting: 1, OmitDuplicateNamespaces: 2 },
  LoadOptions: { None: 0, PreserveWhitespace: 1, SetBaseUri: 2, SetLineInfo: 4 },
  AddressFamily: { Unspecified: 0, InterNetwork: 2, InterNetworkV6: 23 },
  CipherMode: { CBC: 1, ECB: 2, OFB: 3, CFB: 4, CTS: 5 },
  PaddingMode: { None: 1, PKCS7: 2, Zeros: 3, ANSIX923: 4, ISO10126: 5 },
  X509NameType: numbered('SimpleName EmailName UpnName DnsName DnsFromAlternativeName UrlName'),
  X509ContentType: { Unknown: 0, Cert: 1, SerializedCert: 2, Pfx: 3, SerializedStore: 4, Pkcs7: 5, Authenticode: 6 },
  ProductState: numbered('NotPublished Published'),
  Base64FormattingOptions: { None: 0, InsertLineBreaks: 1 },
  NumberStyles: {
    None: 0,
    AllowLeadingWhite: 1,
    AllowTrailingWhite: 2,
    AllowLeadingSign: 4,
    AllowTrailingSign: 8,
    AllowParentheses: 16,
    AllowDecimalPoint: 32,
    AllowThousands: 64,
    AllowExponent: 128,
    AllowCurrencySymbol: 256,
    AllowHexSpecifier: 512,
    Integer: 7,
    HexNumber: 515,
    Number: 111,
    Float: 167,
    Currency: 383,
    Any: 511,
  },
  DateTimeStyles: {
    None: 0,
    AllowLeadingWhite: 1,
    AllowTrailingWhite: 2,
    AllowInnerWhite: 4,
    AllowWhiteSpaces: 7,
    NoCurrentDateDefault: 8,
    AdjustToUniversal: 16,
    AssumeLocal: 32,
    AssumeUniversal: 64,
    RoundtripKind: 128,
  },
};
/** Enums whose values combine: their names join with a comma. */
export const flagEnums = new Set([
  'RegexOptions',
  'SaveOptions',
  'LoadOptions',
  'NumberStyles',
  'DateTimeStyles',
  'X500DistinguishedNameFlags',
]);

export function enumText(name: string, value: number): string {
  const members = Object.entries(enumTypes[name] ?? {});
  const exact = members.find(([, number]) => number === value);
  if (exact) return exact[0];
  if (flagEnums.has(name) && value > 0) {
    let left = value;
    const parts: string[] = [];
    for (const [member, number] of members.toSorted((a, b) => b[1] - a[1])) {
      if (number !== 0 && (left & number) === number) {
        parts.unshift(member);
        left &= ~number;
      }
    }
    if (left === 0) return parts.join(', ');
  }
  return String(value);
}
