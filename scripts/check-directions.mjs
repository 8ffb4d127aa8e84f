/**
 * Refuses a dependency between rooms that ARCHITECTURE.md does not allow. Three sources have to agree: the table
 * below, each package.json, and what the sources really import.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Room → rooms that it may use. */
const allowed = {
  contract: [],
  problem: ['contract'],
  expression: ['contract', 'problem'],
  policy: ['contract', 'problem', 'expression'],
  backend: ['contract', 'problem'],
  tokenizer: ['contract'],
  store: ['contract', 'problem'],
  record: ['contract', 'problem', 'store', 'tokenizer'],
  gateway: ['contract', 'problem', 'policy', 'backend', 'record'],
  kql: ['contract'],
  'store-duckdb': ['contract', 'problem', 'store'],
  query: ['contract', 'problem', 'store', 'kql'],
  access: ['contract', 'problem'],
  resource: ['contract', 'problem'],
  management: ['contract', 'problem', 'resource', 'access', 'policy'],
  openai: ['contract', 'problem', 'record', 'tokenizer'],
  testing: ['contract', 'problem'],
};
const mayUseAll = new Set(['server']);
/** Only tests may use it. */
const testOnly = new Set(['testing']);

const workspaces = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).workspaces;
const faults = [];

for (const folder of workspaces) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const room = manifest.name.replace('@vigia/', '');
  if (!mayUseAll.has(room) && !(room in allowed)) faults.push(`${folder}: room "${room}" is not in the table`);
  const may = (other) => mayUseAll.has(room) || (allowed[room] ?? []).includes(other);
  const declared = new Set(Object.keys(manifest.dependencies ?? {}));
  for (const name of declared) {
    const other = name.startsWith('@vigia/') ? name.slice('@vigia/'.length) : undefined;
    if (other !== undefined && !may(other)) faults.push(`${folder}/package.json: ${room} may not use ${other}`);
  }
  const references = (JSON.parse(readFileSync(join(root, folder, 'tsconfig.json'), 'utf8')).references ?? []).map(
    ({ path }) => relative(root, join(root, folder, path)),
  );
  for (const reference of references) {
    const other = JSON.parse(readFileSync(join(root, reference, 'package.json'), 'utf8')).name;
    if (!declared.has(other))
      faults.push(`${folder}/tsconfig.json: references ${other}, which package.json does not name`);
  }
  for (const file of sources(join(root, folder, 'src'))) {
    const isTest = /\.(test|bench)\.ts$/.test(file);
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('node:')) continue;
      const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0];
      const where = relative(root, file);
      if (name.startsWith('@vigia/')) {
        const other = name.slice('@vigia/'.length);
        if (specifier !== name) faults.push(`${where}: ${specifier} goes past the index of ${other}`);
        if (isTest && testOnly.has(other)) continue;
        if (other !== room && !may(other)) faults.push(`${where}: ${room} may not use ${other}`);
        if (!isTest && !declared.has(name)) faults.push(`${where}: ${name} is not in package.json`);
      } else if (!isTest && !declared.has(name)) faults.push(`${where}: ${name} is not in ${folder}/package.json`);
    }
  }
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  console.error(`${faults.length} forbidden dependencies`);
  process.exit(1);
}
console.log(`directions: ${workspaces.length} rooms, no forbidden edge`);

/** Statements at the beginning of a line and dynamic imports; what stands in a template literal is somebody's text. */
function importsOf(source) {
  const code = source.replace(/`(?:\\.|[^`\\])*`/gs, '``');
  const statements = code.matchAll(/^(?:import|export)\b(?:[^'";]*?\bfrom)?\s*'([^']+)'/gm);
  const calls = code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [...statements, ...calls].map(([, specifier]) => specifier).filter((specifier) => !specifier.startsWith('.'));
}

function* sources(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}
