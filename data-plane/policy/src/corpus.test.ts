import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCSharp } from '@vigia/expression';
import { describe, expect, it } from 'vitest';
import { checkDocument, readDocuments } from '../conformance/documents.ts';
import { createPolicyCompiler } from './index.ts';
import { printNodes } from './syntax.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpora/policies', import.meta.url));
const mistakesFile = new URL('../conformance/known-mistakes.json', import.meta.url);

describe.skipIf(!existsSync(folder))('the public documents', () => {
  it('print back unchanged, and are refused by name or for mistakes of their own only', async () => {
    const compiler = createPolicyCompiler(await loadCSharp());
    const known = JSON.parse(readFileSync(mistakesFile, 'utf8')) as Readonly<Record<string, string>>;
    const documents = readDocuments(folder);
    const unexpected: string[] = [];
    const refused = new Map<string, number>();
    let loaded = 0;
    for (const document of documents) {
      expect(printNodes(document.nodes)).toBe(document.text);
      const { mistakes } = checkDocument(document, compiler);
      expect(mistakes.every(({ message, line, column }) => message.length > 0 && line > 0 && column > 0)).toBe(true);
      if (mistakes.length === 0) loaded++;
      for (const code of new Set(mistakes.map((one) => one.code))) refused.set(code, (refused.get(code) ?? 0) + 1);
      // What C# cannot do yet is told by the room expression.
      const own = mistakes.filter(({ code }) => code.startsWith('policy.') && code !== 'policy.notSupported');
      if (own.length > 0 && known[document.file] === undefined) unexpected.push(document.file);
      if (mistakes.length === 0 && known[document.file] !== undefined) unexpected.push(`${document.file} loads`);
    }
    console.log(`documents ${documents.length}, loaded ${loaded}`, Object.fromEntries(refused));
    expect(unexpected).toEqual([]);
    expect(documents.length).toBeGreaterThan(100);
    expect(loaded).toBeGreaterThanOrEqual(135);
  });
});
