import type { KqlType } from '@vigia/contract';
import type { BoundQuery } from '../bind/bind-query.ts';
import type { Column } from '../plan/expression.ts';
import { computeOnce } from './compute-once.ts';
import { inlinePaths } from './inline-paths.ts';
import { liftComputed } from './lift-computed.ts';
import { pruneColumns } from './prune-columns.ts';
import { sharePaths } from './share-paths.ts';
import { useFacts } from './use-facts.ts';

/** The same rows for less work. The passes in order; each takes a plan and gives one, and needs no other. */
export function rewriteQuery<T extends Pick<BoundQuery, 'relation' | 'columns'>>(bound: T): T {
  const outputs = bound.columns.map(({ column }) => column);
  let columns = 0;
  const newColumn = (type: KqlType): Column => {
    columns += 1;
    return { id: `h${columns}`, type };
  };
  let { relation } = bound;
  relation = inlinePaths(relation);
  relation = pruneColumns(relation, outputs);
  relation = liftComputed(relation);
  relation = useFacts(relation, newColumn);
  relation = sharePaths(relation, newColumn);
  relation = computeOnce(relation, newColumn);
  relation = pruneColumns(relation, outputs);
  return { ...bound, relation };
}
