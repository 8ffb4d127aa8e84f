import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Diagnostic } from '@vigia/contract';
import { loadCSharp } from '@vigia/expression';
import { createPolicyCompiler, type PolicySurroundings } from '@vigia/policy';
import { type DocumentScope, placeOf, readServiceFolder } from './service-folder.ts';

export interface CheckedDocument {
  /** As it was named, or found below the folder that was named. */
  readonly file: string;
  readonly scope: DocumentScope;
  readonly text: string;
  readonly mistakes: readonly Diagnostic[];
}

/** Every `*.xml` of a folder and the folders below, or the file itself, in the order of their names. */
export function policyFilesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) return policyFilesIn(inside);
      return /\.xml$/i.test(entry.name) ? [inside] : [];
    });
}

/**
 * Checks documents as they are checked when they are saved, without a running system.
 *
 * @param scope of all documents; absent: what APIOps' layout says, `fragment` for a root `<fragment>`, else `api`.
 */
export async function checkDocuments(
  documents: readonly { readonly file: string; readonly text?: string }[],
  scope?: DocumentScope,
): Promise<readonly CheckedDocument[]> {
  const compiler = createPolicyCompiler(await loadCSharp());
  const services = new Map<string, PolicySurroundings>();
  const surroundingsOf = (service: string): PolicySurroundings => {
    const known = services.get(service) ?? readServiceFolder(service);
    services.set(service, known);
    return known;
  };
  return documents.map(({ file, text = readFileSync(file, 'utf8') }) => {
    const place = placeOf(resolve(file));
    const surroundings = place.service === undefined ? {} : surroundingsOf(place.service);
    const chosen = scope ?? place.scope ?? scopeOfRoot(text);
    const mistakes = compiler
      .check(text, { scope: chosen, ...surroundings })
      // Where no folder says which loggers there are, they are taken for granted, as backends are.
      .filter(({ code }) => surroundings.loggers || code !== 'policy.unknownLogger')
      // Where nothing says the scope, a policy of another one is no mistake.
      .filter(({ code }) => scope !== undefined || place.scope !== undefined || code !== 'policy.wrongScope');
    return { file, scope: chosen, text, mistakes };
  });
}

const scopeOfRoot = (text: string): DocumentScope =>
  /^(?:\s|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)*<fragment[\s>/]/.test(text) ? 'fragment' : 'api';
