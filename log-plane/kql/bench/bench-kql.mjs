/**
 * KQL against SQL by hand, over the same store, in one run: `npm run bench:kql -- [--rows 100000] [--short 10000000]
 * [--runs 5] [--folder DIR] [--only WORDS] [--write]`. The last line is one JSON object; `--write` makes
 * `docs/kql-performance.md`. `--folder` keeps the rows for the next run.
 */
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableSchema, tableSchemas } from '../../store/dist/index.js';
import { createKqlCompiler, warmUp } from '../dist/index.js';
import { makeStore, openStore, workspaceId } from './data.mjs';
import { queries } from './queries.mjs';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    short: { type: 'string' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(options.runs);
const ticks = (iso) => BigInt(Date.parse(iso)) * 10_000n + 621_355_968_000_000_000n;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const least = (values) => Math.min(...values);
const ms = (value) => (value < 10 ? value.toFixed(1) : value.toFixed(0));

async function measure(rows, isShort) {
  const parent = options.folder ?? (await mkdtemp(join(tmpdir(), 'vigia-bench-kql-')));
  const folder = join(parent, `${isShort ? 'short' : 'bodies'}-${rows}`);
  try {
    await mkdir(parent, { recursive: true });
    const isThere = await access(join(folder, 'made')).then(
      () => true,
      () => false,
    );
    if (!isThere) {
      const start = performance.now();
      await rm(folder, { recursive: true, force: true });
      await makeStore(folder, { rows, isShort });
      await writeFile(join(folder, 'made'), '');
      console.log(
        `made ${rows} calls ${isShort ? 'without' : 'with'} bodies in ${((performance.now() - start) / 1000).toFixed(0)} s`,
      );
    }
    const store = await openStore(folder);
    try {
      return await measureStore(store, isShort);
    } finally {
      await store.close();
    }
  } finally {
    if (options.folder === undefined) await rm(parent, { recursive: true, force: true });
  }
}

async function measureStore(store, isShort) {
  const tables = tableSchemas.map(({ name, columns }) => {
    const facts = store.facts(name, workspaceId);
    return { name, columns, relation: store.relation(name, workspaceId), ...(facts === undefined ? {} : { facts }) };
  });
  const compiler = createKqlCompiler({ name: 'bench', tables });
  const whole = (name) => tables.find((table) => table.name === name);
  const names = {
    g: whole('ApiManagementGatewayLogs').relation,
    l: whole('ApiManagementGatewayLlmLog').relation,
    d: whole('AzureDiagnostics').relation,
    hidden: { g: whole('ApiManagementGatewayLogs').facts.relation, d: whole('AzureDiagnostics').facts.relation },
    columns: tableSchema('ApiManagementGatewayLogs')
      .columns.map(({ name }) => `"${name}"`)
      .join(', '),
    ticks,
  };
  const timed = async (sql, types) => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const { rows } = await store.query({ sql, parameters: [], types, maxRows: 500_000, timeoutMs: 600_000 });
    const used = process.cpuUsage(cpu);
    return { wall: performance.now() - start, cpu: (used.user + used.system) / 1000, rows: rows.length };
  };
  const found = [];
  // What asks bodies says nothing where there are none.
  const asked = queries.filter(({ name, kql }) => name.includes(options.only) && !(isShort && /Body/.test(kql)));
  for (const query of asked) {
    const compiled = compiler.compile(query.kql, { now: ticks('2026-02-01') });
    if (!compiled.ok) throw new Error(`${query.name}: ${JSON.stringify(compiled.diagnostics)}`);
    const types = compiled.columns.map(({ type }) => type);
    const byHand = query.sql(names);
    const ours = [];
    const theirs = [];
    // Turn about, and each first in every second round, so that neither finds a warmer machine.
    for (let run = 0; run <= runs; run += 1)
      for (const [sql, list] of run % 2 === 0
        ? [
            [compiled.sql, ours],
            [byHand, theirs],
          ]
        : [
            [byHand, theirs],
            [compiled.sql, ours],
          ]) {
        const result = await timed(sql, types);
        if (run > 0) list.push(result);
      }
    const [kql, sql] = [ours, theirs].map((list) => ({
      cpu: least(list.map(({ cpu }) => cpu)),
      wall: least(list.map(({ wall }) => wall)),
      rows: list[0].rows,
    }));
    if (kql.rows !== sql.rows) throw new Error(`${query.name}: ${kql.rows} rows by KQL, ${sql.rows} by SQL.`);
    const line = {
      name: query.name,
      rows: kql.rows,
      kqlCpu: kql.cpu,
      sqlCpu: sql.cpu,
      kqlMs: kql.wall,
      ratio: kql.cpu / sql.cpu,
    };
    found.push(line);
    console.log(
      `${line.ratio.toFixed(2).padStart(6)}  KQL ${ms(kql.cpu)} ms CPU, ${ms(kql.wall)} ms; SQL ${ms(sql.cpu)} ms CPU, ${ms(sql.wall)} ms; ${kql.rows} rows: ${query.name}`,
    );
  }
  return found;
}

/** What compiling costs, in milliseconds of the processor. */
function measureCompiling() {
  const compiler = createKqlCompiler({
    name: 'bench',
    tables: tableSchemas.map(({ name, columns }) => ({ name, columns, relation: name })),
  });
  const once = (text, now) => {
    const cpu = process.cpuUsage();
    const compiled = compiler.compile(text, { now, timespan: { start: now - 864_000_000_000n, end: now } });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
    const used = process.cpuUsage(cpu);
    return (used.user + used.system) / 1000;
  };
  for (let round = 0; round < 5; round += 1)
    for (const { kql } of queries) once(`${kql}\n// ${round}`, 639_000_000_000_000_000n);
  const first = queries.map(({ kql }) => once(`${kql}\n// first`, 639_000_000_000_000_000n));
  const again = queries.map(({ kql }, at) => once(`${kql}\n// first`, 639_000_000_000_000_000n + BigInt(at + 1)));
  return { firstMs: median(first), repeatedMs: median(again) };
}

warmUp();
const compiling = measureCompiling();
console.log(
  `compiling: ${compiling.firstMs.toFixed(1)} ms of a new text, ${compiling.repeatedMs.toFixed(2)} ms of one that was compiled before`,
);
const sets = [{ rows: Number(options.rows), isShort: false }];
if (options.short !== undefined) sets.push({ rows: Number(options.short), isShort: true });
const results = [];
for (const set of sets) results.push({ ...set, queries: await measure(set.rows, set.isShort) });
const summary = results.map(({ rows, isShort, queries: lines }) => ({
  rows,
  bodies: !isShort,
  queries: lines.length,
  medianRatio: Number(median(lines.map(({ ratio }) => ratio)).toFixed(2)),
  worstRatio: Number(Math.max(...lines.map(({ ratio }) => ratio)).toFixed(2)),
  ...labOf(lines),
}));
function labOf(lines) {
  const lab = lines.find(({ name }) => name.startsWith('lab: tokens'));
  return lab === undefined ? {} : { labMs: Number(ms(lab.kqlMs)) };
}

if (options.write) {
  const page = new URL('../../../docs/kql-performance.md', import.meta.url);
  await writeFile(page, pageOf());
}
console.log(JSON.stringify({ compiling, sets: summary }));

function pageOf() {
  const tablesOf = results.map(({ rows, isShort, queries: lines }, at) => {
    const { medianRatio, worstRatio } = summary[at];
    const head = `## ${rows.toLocaleString('en')} calls ${isShort ? 'without bodies' : 'with bodies of 1 to 4 KB'}\n\nMedian ratio ${medianRatio}, worst ${worstRatio}.\n\n| query | rows | KQL, CPU ms | SQL by hand, CPU ms | ratio | KQL, ms |\n|---|---|---|---|---|---|\n`;
    return (
      head +
      lines
        .map(
          (line) =>
            `| ${line.name} | ${line.rows} | ${ms(line.kqlCpu)} | ${ms(line.sqlCpu)} | ${line.ratio.toFixed(2)} | ${ms(line.kqlMs)} |`,
        )
        .join('\n')
    );
  });
  return `# How fast queries are

Made by \`npm run bench:kql -- --write\` (Node ${process.versions.node}, ${cpus().length} cores). Each query runs as KQL and as the best SQL that we know for the
same store, turn about; the figures are the least of ${runs} runs, the ratio is that of the processor's time. Times of a few milliseconds are mostly the
engine's planning. The queries are in \`log-plane/kql/bench/queries.mjs\`.

Compiling: ${compiling.firstMs.toFixed(1)} ms of a new text (median of the queries below), ${compiling.repeatedMs.toFixed(2)} ms of a text that was compiled before.

${tablesOf.join('\n\n')}
`;
}
