export type { EmptyResult } from './empty-result.ts';
export { type KustoRoutesOptions, kustoRoutes } from './kusto/kusto-routes.ts';
export {
  createQueryEngine,
  type QueryAnswer,
  type QueryEngine,
  type QueryEngineOptions,
  type QueryRequest,
} from './query-engine.ts';
export { azureQueryLimits, type QueryLimits } from './query-limits.ts';
export type { QueryTable, QueryTarget, QueryWorkspace } from './query-scope.ts';
export { type QueryRoutesOptions, queryRoutes } from './rest/query-routes.ts';
export { datetimeText, timespanText } from './ticks-text.ts';
export { readTimespan, type Timespan } from './timespan.ts';
