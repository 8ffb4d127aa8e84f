/** Headers that describe one connection and never pass a gateway (RFC 9110 §7.6.1). */
const ofOneHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/**
 * Raw headers (name, value, name, value …) without those of one hop, and without the ones that `Connection` names.
 * Order, case and repetition of the rest stay.
 */
export function withoutHeadersOfOneHop(raw: readonly string[]): string[] {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() !== 'connection') continue;
    for (const token of (raw[index + 1] ?? '').split(',')) {
      named ??= new Set();
      named.add(token.trim().toLowerCase());
    }
  }
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const key = name.toLowerCase();
    if (ofOneHop.has(key) || named?.has(key)) continue;
    kept.push(name, raw[index + 1] ?? '');
  }
  return kept;
}
