/** Writes records, a number of rounds or until it is killed, and says each that is kept; `!` before a refused one. */
const [, , module, folder, round, rounds = 'Infinity', segmentBytes = '20000'] = process.argv;
const { openSpool } = await import(module);
const quiet = { info() {}, warn() {}, error() {} };
const spool = await openSpool({
  folder,
  name: 'gateway-1',
  limitBytes: 1e9,
  segmentBytes: Number(segmentBytes),
  overflow: 'block',
  durability: 'os',
  logger: quiet,
});
for (let n = 0; n < Number(rounds); n += 1) {
  while (!spool.admit()) await new Promise((resolve) => setTimeout(resolve, 5));
  const ids = [0, 1, 2].map((k) => `${round}-${n}-${k}`);
  await Promise.all(
    ids.map(async (id) => {
      const values = { Text: 'é'.repeat(Math.floor(Math.random() * 3000)) };
      const workspaceId = '11111111-1111-1111-1111-111111111111';
      try {
        await spool.write({ id, rows: [{ table: 'T', workspaceId, values }] });
        process.stdout.write(`${id}\n`);
      } catch {
        process.stdout.write(`!${id}\n`);
      }
    }),
  );
}
await spool.close();
