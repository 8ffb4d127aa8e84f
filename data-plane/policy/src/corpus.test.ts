import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCSharp } from '@vigia/expression';
import { describe, expect, it } from 'vitest';
import { createPolicyCompiler } from './index.ts';
import { parseDocument } from './parse-document.ts';
import { printNodes } from './syntax.ts';

const folder = fileURLToPath(new URL('../../../../shared/corpora/policies', import.meta.url));

describe.skipIf(!existsSync(folder))('the public documents', () => {
  it('parse, print back unchanged, and are compiled or refused with a reason', async () => {
    const compiler = createPolicyCompiler(await loadCSharp());
    const documents = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !/manifest\.json$|frequency\.tsv$/.test(entry.name),
    );
    let compiled = 0;
    const refused = new Map<string, number>();
    const notWellFormed: string[] = [];
    for (const entry of documents) {
      const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8');
      const { nodes } = parseDocument(text);
      expect(printNodes(nodes)).toBe(text);
      const scope = nodes.some((node) => node.kind === 'element' && node.name === 'fragment') ? 'fragment' : 'api';
      const diagnostics = compiler.check(text, { scope });
      expect(diagnostics.every(({ message, line, column }) => message.length > 0 && line > 0 && column > 0)).toBe(true);
      const codes = new Set(diagnostics.map(({ code }) => code));
      if (codes.size === 0) compiled++;
      for (const code of codes) refused.set(code, (refused.get(code) ?? 0) + 1);
      for (const { code, message, line } of diagnostics)
        if (code === 'policy.notWellFormed') notWellFormed.push(`${entry.name}:${line} ${message}`);
    }
    console.log(`documents ${documents.length}, compiled ${compiled}`, Object.fromEntries(refused));
    if (process.env['VIGIA_CORPUS_DETAILS']) console.log(notWellFormed.join('\n'));
    expect(documents.length).toBeGreaterThan(100);
    expect(compiled).toBeGreaterThanOrEqual(50);
  });
});
