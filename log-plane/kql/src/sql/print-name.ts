/** The one printer of names. Generated names need no quotes; those of a store do. */
export function printName(name: string): string {
  return `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;
}
