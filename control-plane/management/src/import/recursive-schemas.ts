import type { JsonObject, JsonValue } from '@vigia/contract';
import { fieldOf, isList, isObject } from './document-fields.ts';
import { definingEntries, isMapOfNames } from './document-parts.ts';
import { decodeSegment } from './resolve-references.ts';

/** Names of the schemas that contain themselves, and of those that lead to them. Empty: there is no recursion. */
export function recursiveSchemas(schemas: JsonObject, prefix: string): readonly string[] {
  const uses = new Map<string, ReadonlySet<string>>();
  for (const [name, schema] of Object.entries(schemas)) uses.set(name, namesUsed(schema, prefix));
  // Taking away what uses nothing (that is left), again and again, leaves what stands in circles or leads to them.
  const users = new Map<string, string[]>();
  for (const [name, used] of uses)
    for (const one of used) {
      const known = users.get(one);
      if (known) known.push(name);
      else users.set(one, [name]);
    }
  const left = new Map([...uses].map(([name, used]) => [name, [...used].filter((one) => uses.has(one)).length]));
  const free = [...left].filter(([, count]) => count === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    left.delete(name);
    for (const user of users.get(name) ?? []) {
      const count = (left.get(user) ?? 0) - 1;
      left.set(user, count);
      if (count === 0) free.push(user);
    }
  }
  return [...left.keys()];
}

function namesUsed(value: JsonValue | undefined, prefix: string): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (part: JsonValue | undefined, isMap: boolean): void => {
    if (isList(part)) for (const item of part) walk(item, false);
    if (!isObject(part)) return;
    const reference = isMap ? undefined : fieldOf(part, '$ref');
    if (typeof reference === 'string' && reference.startsWith(prefix))
      found.add(decodeSegment(reference.slice(prefix.length)));
    for (const [name, item] of definingEntries(part, isMap)) walk(item, isMapOfNames(name, isMap));
  };
  walk(value, false);
  return found;
}
