import type { Diagnostic } from '@vigia/contract';
import { AGGREGATES } from '../../aggregates/table.ts';
import { FUNCTIONS } from '../../functions/table.ts';
import { nearName } from './near-name.ts';

/** What Kusto runs and Vigia refuses → what comes nearest to it here. */
const NEAREST: Readonly<Record<string, string>> = {
  like: 'Use contains, startswith, endswith, or matches regex',
  notlike: 'Use !contains, !startswith, !endswith',
  python: 'Foreign languages do not run; take the rows out by the query API',
  r: 'Foreign languages do not run; take the rows out by the query API',
  sql_request: 'Queries do not reach the network; load the rows, or write them as datatable(…)[…]',
  mysql_request: 'Queries do not reach the network; load the rows, or write them as datatable(…)[…]',
  postgresql_request: 'Queries do not reach the network; load the rows, or write them as datatable(…)[…]',
  cosmosdb_sql_request: 'Queries do not reach the network; load the rows, or write them as datatable(…)[…]',
  http_request: 'Queries do not reach the network; load the rows, or write them as datatable(…)[…]',
  externaldata: 'Queries do not reach the network; write the rows as datatable(…)[…]',
  external_table: 'There are no external tables; write the rows as datatable(…)[…]',
  cluster: 'There is one cluster: name the table alone',
  database: 'There is one database: name the table alone',
  adx: 'Other clusters are not reached: name a table of this workspace',
  arg: 'Azure Resource Graph is not reached: name a table of this workspace',
  'management command': 'Begin with the name of a table; getschema shows its columns',
  fork: 'Send one query for each branch',
  facet: 'Send one summarize count() by Column for each column',
  'several results': 'Send one query for each result',
  reduce: 'summarize count() by extract(@"^\\w+", 0, Text) groups by the first word',
  autocluster: 'summarize count() by the columns that may tell the rows apart',
  basket: 'summarize count() by the columns that may tell the rows apart',
  diffpatterns: 'summarize countif(…), countif(not(…)) by the columns that may tell the rows apart',
  series_decompose: 'series_fit_line or a moving average by series_fir(Series, repeat(1, 5)) show the trend',
  series_decompose_anomalies: 'series_outliers(Series) marks values far from the others',
  series_decompose_forecast: 'series_fit_line(Series) gives the slope',
  current_principal: 'Answers do not depend on who asks',
  current_principal_details: 'Answers do not depend on who asks',
  current_principal_is_member_of: 'Answers do not depend on who asks',
  current_cluster_endpoint: 'There is one cluster',
  current_database: 'There is one database',
};

/** The diagnostic with the nearest that works, where something is near. */
export function adviseUnsupported(diagnostic: Diagnostic): Diagnostic {
  const { subject } = diagnostic;
  if (diagnostic.code !== 'kql.unsupported' || subject === undefined || diagnostic.hint !== undefined)
    return diagnostic;
  const written = Object.hasOwn(NEAREST, subject) ? NEAREST[subject] : undefined;
  if (written !== undefined) return { ...diagnostic, hint: written };
  if (!/^[a-z]\w{4,}$/.test(subject)) return diagnostic;
  const near = nearName(
    subject,
    [...Object.keys(FUNCTIONS), ...Object.keys(AGGREGATES)].filter((name) => /^[a-z]\w+$/.test(name)),
  );
  return near === undefined || near === subject ? diagnostic : { ...diagnostic, hint: `\`${near}\` is supported` };
}
