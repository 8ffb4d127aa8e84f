import { open, readFile, stat, truncate } from 'node:fs/promises';
import type { JsonObject } from '@vigia/contract';
import { isMissing, writeAtomically } from './atomic-file.ts';
import type { Envelope, Facts, Stored } from './definition.ts';
import { definitionOf } from './type-table.ts';

/**
 * The last good state, one line a change: what the server has set (times, identities, order), and a copy of what the
 * folder said, for a start with mistakes in it. No secrets.
 */
export type LogLine =
  | {
      readonly put: string;
      readonly type: string;
      readonly name: string;
      readonly parent: string;
      readonly envelope: Envelope;
      readonly properties: JsonObject;
      readonly facts: Facts;
      readonly unknown?: readonly string[];
      readonly order: number;
      readonly revision: number;
    }
  | { readonly delete: string; readonly revision: number }
  | { readonly snapshot: number };

export const lineOf = ({ id, key: _key, definition, ...rest }: Stored): LogLine => ({
  put: id,
  type: definition.type,
  ...rest,
});

export interface LogContents {
  readonly resources: readonly Stored[];
  readonly order: number;
  readonly revision: number;
  readonly snapshotVersion: number;
  readonly lines: number;
}

/** A last line without its end was cut by a crash; the journal brings it again. */
export async function readResourceLog(file: string): Promise<LogContents> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return { resources: [], order: 0, revision: 0, snapshotVersion: 0, lines: 0 };
    throw error;
  }
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
  const byKey = new Map<string, Stored>();
  let order = 0;
  let revision = 0;
  let snapshotVersion = 0;
  const lines = whole === '' ? [] : whole.slice(0, -1).split('\n');
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line, file, index + 1);
    if ('snapshot' in entry) snapshotVersion = Math.max(snapshotVersion, entry.snapshot);
    else {
      revision = Math.max(revision, entry.revision);
      if ('delete' in entry) byKey.delete(entry.delete);
      else {
        order = Math.max(order, entry.order);
        const { put: id, type, ...rest } = entry;
        const definition = definitionOf(type);
        if (definition === undefined)
          throw new Error(`${file}, line ${index + 1}: this Vigia does not know the type ${type}; update it.`);
        byKey.set(id.toLowerCase(), { ...rest, id, key: id.toLowerCase(), definition });
      }
    }
  }
  const resources = [...byKey.values()].sort((one, other) => one.order - other.order);
  return { resources, order, revision, snapshotVersion, lines: lines.length };
}

function parseLine(line: string, file: string, number: number): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch (cause) {
    throw new Error(
      `${file} is damaged in line ${number}. Restore it, or delete it: resources are then read from the configuration folder alone, with new identities and dates.`,
      { cause },
    );
  }
}

export const textOf = (lines: readonly LogLine[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** On the disk when it resolves; on failure the file is as it was. */
export async function appendToLog(file: string, lines: readonly LogLine[]): Promise<void> {
  if (lines.length === 0) return;
  const size = await sizeOf(file);
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.writeFile(textOf(lines));
    await handle.sync();
  } catch (error) {
    await handle.truncate(size);
    throw error;
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Only what still counts. */
export const compactLog = (
  file: string,
  resources: Iterable<Stored>,
  snapshotVersion: number,
  revision: number,
): Promise<void> =>
  writeAtomically(
    file,
    textOf([
      ...[...resources].map(lineOf),
      // Keeps revisions growing although deletions are left out.
      { delete: '', revision },
      { snapshot: snapshotVersion },
    ]),
    0o600,
  );
