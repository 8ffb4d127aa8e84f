import type { CompiledQuery, Discovery, RefusedQuery } from '@vigia/kql';
import type { Cell } from '@vigia/store';

type Rows = readonly (readonly Cell[])[];

export interface CompileByRowsParts {
  /** Compiles the same text with what was found so far. */
  readonly again: (discovered: ReadonlyMap<string, Rows>) => CompiledQuery | RefusedQuery;
  /** Runs a discovery's SQL. */
  readonly ask: (discovery: Discovery) => Promise<Rows>;
}

/** A text has no more operators than this whose columns are in the rows: each of them costs a query. */
const mostDiscoveries = 20;

/**
 * Operators such as `evaluate pivot` have columns that only the rows tell: the rows are asked for, one operator after
 * the other, until the text compiles or is refused for another reason.
 */
export async function compileByRows(
  first: RefusedQuery,
  { again, ask }: CompileByRowsParts,
): Promise<CompiledQuery | RefusedQuery> {
  const discovered = new Map<string, Rows>();
  let outcome: CompiledQuery | RefusedQuery = first;
  while (!outcome.ok && outcome.discovery !== undefined && discovered.size < mostDiscoveries) {
    const { discovery }: RefusedQuery = outcome;
    discovered.set(discovery.key, await ask(discovery));
    outcome = again(discovered);
  }
  return outcome;
}
