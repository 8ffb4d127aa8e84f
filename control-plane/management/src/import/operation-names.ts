import type { ImportNotes } from './import-notes.ts';

const longestName = 80;
/** Room for `-999`. */
const longestStem = 76;

/** Azure's pattern, and what an ARM path could not carry. */
const legalName = /^[^*#&+:<>?/\\%\s]+$/u;

export interface NamedOperation {
  readonly operationId: string | undefined;
  readonly method: string;
  /** As in the document. */
  readonly path: string;
  readonly where: string;
}

/**
 * Resource names of operations. A legal operationId stays as it is, case and underscores too; else Azure's rule for
 * names: lower case, anything but letters, digits and underscores becomes a dash. Case does not tell names apart.
 */
export function createOperationNames(notes: ImportNotes): (operation: NamedOperation) => string {
  const taken = new Set<string>();
  return ({ operationId, method, path, where }) => {
    const wanted = wantedName(operationId, method, path);
    if (operationId !== undefined && wanted !== operationId)
      notes.add('An operationId that is no legal resource name was changed.', where);
    const name = freeName(wanted, taken);
    if (operationId !== undefined && name !== wanted)
      notes.add('An operationId that another operation has already got a number.', where);
    taken.add(name.toLowerCase());
    return name;
  };
}

function wantedName(operationId: string | undefined, method: string, path: string): string {
  if (operationId !== undefined && operationId.length <= longestName && isLegal(operationId)) return operationId;
  return normalise(operationId ?? `${method}-${path}`) || normalise(`${method}-${path}`);
}

const isLegal = (name: string): boolean => legalName.test(name) && !/^\.+$/.test(name) && !hasControlCharacter(name);

const hasControlCharacter = (name: string): boolean =>
  [...name].some((character) => character < ' ' || character === '\x7f');

const normalise = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, longestStem)
    .replace(/-+$/, '');

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted.toLowerCase())) return wanted;
  const stem = wanted.slice(0, longestStem);
  for (let number = 1; ; number++) {
    const name = `${stem.slice(0, longestName - 1 - String(number).length)}-${number}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
