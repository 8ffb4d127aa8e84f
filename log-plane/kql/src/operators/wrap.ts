/** A HUGEINT wrapped to 64 bits, as Kusto's engine does. */
export const wrapLong = (hugeint: string): string =>
  `((((${hugeint}) + 9223372036854775808::hugeint) & 18446744073709551615::hugeint) - 9223372036854775808::hugeint)::bigint`;
