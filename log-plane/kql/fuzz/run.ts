/**
 * `npm run fuzz:kql -- --minutes N --seed S [--from INDEX] [--out FILE]`: generated and mutated queries are compiled and
 * run; a crash of the compiler, two seconds of compiling, or SQL that the engine refuses are told, each kind once. The
 * same seed and index are the same query. Ends with 1 where something was found.
 */
import { fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FuzzMessage } from './worker.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
const seed = Number(options.seed);
const end = Date.now() + Number(options.minutes) * 60_000;
/** Longer than the engine's own limit. */
const MAX_SILENCE_MILLISECONDS = 40_000;

const kinds = new Map<string, number>();
const counts = { cases: 0, ran: 0, refused: 0, slowest: 0 };

/** Two findings are one where they differ in names and numbers only. */
const signatureOf = (message: string): string =>
  message
    .replace(/LINE \d+:[\s\S]*$/, '')
    .replace(/"[^"]*"|'[^']*'/g, '"…"')
    .replace(/\d+/g, '0')
    .slice(0, 160);

function tell(index: number, fault: string, message: string, query: string): void {
  const signature = `${fault}: ${signatureOf(message)}`;
  const before = kinds.get(signature) ?? 0;
  kinds.set(signature, before + 1);
  if (before > 0) return;
  console.log(`--- ${fault} (seed ${seed}, index ${index})\n${message.slice(0, 500)}\n${query}\n`);
  if (options.out !== undefined)
    appendFileSync(options.out, `${JSON.stringify({ seed, index, fault, message: message.slice(0, 1000), query })}\n`);
}

/** Runs a process of its own until the time is over or it hangs or dies; the index to go on from. */
function runWorker(first: number): Promise<number> {
  return new Promise((resolve) => {
    const file = import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js';
    const worker = fork(fileURLToPath(new URL(file, import.meta.url)), [String(seed), String(first)]);
    let [index, query, heard, isOver] = [first, '', Date.now() + 30_000, false];
    const timer = setInterval(() => {
      const isHanging = Date.now() - heard > MAX_SILENCE_MILLISECONDS;
      if (!isHanging && Date.now() < end) return;
      if (isHanging) tell(index, 'hang', 'no end', query);
      isOver = true;
      worker.kill('SIGKILL');
    }, 500);
    worker.on('message', (message: FuzzMessage) => {
      heard = Date.now();
      index = message.index;
      if (message.kind === 'begun') {
        query = message.query;
        counts.cases += 1;
      } else if (message.kind === 'found') tell(index, message.fault, message.message, message.query);
      else {
        counts[message.outcome] += 1;
        counts.slowest = Math.max(counts.slowest, Math.round(message.milliseconds));
      }
    });
    worker.on('exit', (code, signal) => {
      clearInterval(timer);
      if (!isOver) tell(index, 'crash', `the process ended: ${code ?? signal}`, query);
      resolve(index + 1);
    });
  });
}

let next = Number(options.from);
while (Date.now() < end) next = await runWorker(next);
for (const [signature, count] of [...kinds].sort((a, b) => b[1] - a[1]))
  console.log(`${String(count).padStart(6)} ${signature}`);
console.log(JSON.stringify({ seed, from: Number(options.from), to: next, ...counts, kinds: kinds.size }));
process.exitCode = kinds.size > 0 ? 1 : 0;
