/**
 * Appends batches until it is killed or so many are tried, and says the end of each that is kept; `!` and the error's
 * code before a refused one. After the last it says what it can read.
 */
import { randomBytes } from 'node:crypto';

const [, , module, folder, rounds = 'Infinity', kilobytes = '200'] = process.argv;
const { openDuckDbStore } = await import(module);
const quiet = { info() {}, warn() {}, error() {} };
const store = await openDuckDbStore({ folder, memoryLimit: 500e6, threads: 2, logger: quiet });
const workspaceId = '11111111-1111-1111-1111-111111111111';
let segment = 1;
let offset = 0;
const place = await store.deliveredUpTo('crash');
if (place !== undefined) ({ segment, offset } = place);
// Does not compress, so that the file grows as fast as it can.
const noise = () => randomBytes(6_144).toString('base64');
for (let n = 0; n < Number(rounds); n += 1) {
  const to = { segment, offset: offset + 100 };
  const rows = Array.from({ length: Math.ceil(Number(kilobytes) / 8) }, () => [
    { table: 'ApiManagementGatewayLogs', workspaceId, values: { ResponseBody: noise() } },
    { table: 'VigiaTokenUsage', workspaceId, values: { TotalTokens: 1 } },
  ]);
  const records = rows.map((each, index) => ({ id: `${offset}-${index}`, rows: each }));
  try {
    await store.append({ source: 'crash', from: { segment, offset }, to, records });
    offset = to.offset;
    process.stdout.write(`${offset}\n`);
  } catch (error) {
    process.stdout.write(`!${error.message}\n`);
  }
}
const sql = `select count(*) from ${store.relation('VigiaTokenUsage', workspaceId)}`;
const { rows } = await store.query({ sql, parameters: [], types: ['long'], maxRows: 1, timeoutMs: 10_000 });
process.stdout.write(`=${rows[0][0]}\n`);
await store.close();
