/** Names that functions inside of a body mention: a variable so named may be captured, so it lives in a Cell. */
export function namesOfNested(body: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  walk(body, false, names);
  return names;
}
const functions = new Set(['lambda', 'localFunction', 'query']);

function walk(node: unknown, isInside: boolean, names: Set<string>): void {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, isInside, names);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { kind, name } = node as { kind?: unknown; name?: unknown };
  const isNested = isInside || (typeof kind === 'string' && functions.has(kind));
  if (isNested && kind === 'name' && typeof name === 'string') names.add(name);
  if (kind === 'localFunction' && typeof name === 'string') names.add(name);
  for (const child of Object.values(node)) if (typeof child === 'object') walk(child, isNested, names);
}
