import { CommandError } from './command-error.ts';

const step = /^(?:\.?([A-Za-z_][\w-]*)|\[(-?\d+)\]|\.?"((?:[^"\\]|\\.)*)")/;

/** The part of `--query` that az users type most: `properties.endpoint`, `[0].name`, `"odd-name".x`. */
export function selectPath(value: unknown, path: string): unknown {
  let rest = path.trim();
  let current = value;
  while (rest !== '') {
    const match = step.exec(rest);
    if (match === null) {
      throw new CommandError(
        `--query takes a path such as properties.endpoint or [0].name; ${JSON.stringify(path)} is not understood from ${JSON.stringify(rest)} on.`,
        2,
      );
    }
    const [whole, name, position, quoted] = match;
    rest = rest.slice(whole.length);
    if (position !== undefined) current = Array.isArray(current) ? current.at(Number(position)) : undefined;
    else {
      const key = name ?? quoted ?? '';
      current =
        typeof current === 'object' && current !== null && Object.hasOwn(current, key)
          ? (current as Record<string, unknown>)[key]
          : undefined;
    }
  }
  return current ?? null;
}
