import { AGGREGATES } from '../aggregates/table.ts';
import { SPECIAL } from '../bind/bind-call.ts';
import { PLUGINS } from '../bind/operators/evaluate.ts';
import { SPREADS } from '../bind/operators/summarize.ts';
import { isWindowFunction } from '../bind/window-functions.ts';
import { ALIASES } from '../functions/aliases.ts';
import { FUNCTIONS } from '../functions/table.ts';
import { PLACES } from '../service/database.ts';

/** Whether a function, aggregate or plug-in of Kusto's own runs here. */
export function runs(name: string): boolean {
  const known = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name;
  return (
    [FUNCTIONS, SPECIAL, AGGREGATES, SPREADS, PLUGINS].some((table) => Object.hasOwn(table, known)) ||
    isWindowFunction(known) ||
    PLACES.includes(known)
  );
}
