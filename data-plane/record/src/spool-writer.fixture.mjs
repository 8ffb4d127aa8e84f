/** Writes records until it is killed, and says each that is kept. */
const [, , module, folder, round] = process.argv;
const { openSpool } = await import(module);
const quiet = { info() {}, warn() {}, error() {} };
const spool = await openSpool({
  folder,
  name: 'gateway-1',
  limitBytes: 1e9,
  segmentBytes: 20_000,
  overflow: 'block',
  durability: 'os',
  logger: quiet,
});
for (let n = 0; ; n += 1) {
  const ids = [0, 1, 2].map((k) => `${round}-${n}-${k}`);
  await Promise.all(
    ids.map(async (id) => {
      const values = { Text: 'é'.repeat(Math.floor(Math.random() * 3000)) };
      const workspaceId = '11111111-1111-1111-1111-111111111111';
      await spool.write({ id, rows: [{ table: 'T', workspaceId, values }] });
      process.stdout.write(`${id}\n`);
    }),
  );
}
