/** `npm start`: installs what is missing, builds what is stale, starts everything. Plain Node, no dependency. */
import { prepare } from './prepare.mjs';

await prepare({ isQuiet: false });
const { runUp } = await import('../server/dist/up.js');
process.exitCode = await runUp(process.argv.slice(2));
