const reserved = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * A resource's name as the name of a folder, on every system: what a file system may not like is percent-encoded
 * (`a:b` → `a%3Ab`, `..` → `%2E%2E`, `con` → `%63on`).
 */
export function fileNameOf(name: string): string {
  const escaped = name.replace(/[\p{Cc}<>:"/\\|?*%]/gu, (character) => encode(character));
  const withStart =
    /^\./.test(escaped) || reserved.test(escaped) ? encode(escaped[0] ?? '') + escaped.slice(1) : escaped;
  return withStart.replace(/[. ]$/, (character) => encode(character)).replace(/^ /, '%20');
}

const encode = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** undefined: no name that `fileNameOf` gives. */
export function nameOfFile(fileName: string): string | undefined {
  const name = fileName.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return fileNameOf(name) === fileName ? name : undefined;
}
