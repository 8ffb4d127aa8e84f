import { batchCases } from './contract/batches.ts';
import type { ContractCase } from './contract/contract-case.ts';
import { queryCases } from './contract/queries.ts';
import { tableCases } from './contract/tables.ts';

/**
 * What every store does: by name, a case that throws where the store does not. Plain data, so that no test framework
 * is a dependency: a store's test runs each with `open` bound to a place of its own.
 */
export const logStoreContract: Readonly<Record<string, ContractCase>> = {
  ...batchCases,
  ...tableCases,
  ...queryCases,
};
