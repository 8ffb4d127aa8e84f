import { AGGREGATES } from '../src/aggregates/table.ts';
import { SPECIAL } from '../src/bind/bind-call.ts';
import { PLUGINS } from '../src/bind/operators/evaluate.ts';
import { SPREADS } from '../src/bind/operators/summarize.ts';
import { OPERATORS, SOURCES } from '../src/bind/operators/table.ts';
import { isWindowFunction } from '../src/bind/window-functions.ts';
import { ALIASES } from '../src/functions/aliases.ts';
import { FUNCTIONS } from '../src/functions/table.ts';
import { L, list } from '../src/service/kusto.ts';
import { DIFFERENCES } from './differences.ts';

/** KQL names of tabular operators → the analyser's syntax kinds. */
const TABULAR: Readonly<Record<string, string>> = {
  as: 'AsOperator',
  'assert-schema': 'AssertSchemaOperator',
  consume: 'ConsumeOperator',
  count: 'CountOperator',
  datatable: 'DataTableExpression',
  distinct: 'DistinctOperator',
  evaluate: 'EvaluateOperator',
  extend: 'ExtendOperator',
  externaldata: 'ExternalDataExpression',
  facet: 'FacetOperator',
  find: 'FindOperator',
  fork: 'ForkOperator',
  getschema: 'GetSchemaOperator',
  'graph-match': 'GraphMatchOperator',
  'graph-shortest-paths': 'GraphShortestPathsOperator',
  'graph-to-table': 'GraphToTableOperator',
  invoke: 'InvokeOperator',
  join: 'JoinOperator',
  lookup: 'LookupOperator',
  'macro-expand': 'MacroExpandOperator',
  'make-graph': 'MakeGraphOperator',
  'make-series': 'MakeSeriesOperator',
  'mv-apply': 'MvApplyOperator',
  'mv-expand': 'MvExpandOperator',
  parse: 'ParseOperator',
  'parse-kv': 'ParseKvOperator',
  'parse-where': 'ParseWhereOperator',
  partition: 'PartitionOperator',
  print: 'PrintOperator',
  project: 'ProjectOperator',
  'project-away': 'ProjectAwayOperator',
  'project-by-names': 'ProjectByNamesOperator',
  'project-keep': 'ProjectKeepOperator',
  'project-rename': 'ProjectRenameOperator',
  'project-reorder': 'ProjectReorderOperator',
  range: 'RangeOperator',
  reduce: 'ReduceByOperator',
  render: 'RenderOperator',
  sample: 'SampleOperator',
  'sample-distinct': 'SampleDistinctOperator',
  scan: 'ScanOperator',
  search: 'SearchOperator',
  serialize: 'SerializeOperator',
  'sort, order': 'SortOperator',
  summarize: 'SummarizeOperator',
  'take, limit': 'TakeOperator',
  top: 'TopOperator',
  'top-hitters': 'TopHittersOperator',
  'top-nested': 'TopNestedOperator',
  union: 'UnionOperator',
  'where, filter': 'FilterOperator',
};

interface Subject {
  readonly title: string;
  readonly names: readonly string[];
  readonly runs: (name: string) => boolean;
}

const namesOf = (symbols: unknown): readonly string[] =>
  [...new Set(list<{ readonly Name: string | null }>(symbols).map((symbol) => symbol.Name ?? ''))]
    .filter((name) => /^[a-z]/.test(name))
    .sort();

const canonical = (name: string): string => ALIASES[name] ?? name;
const has = (table: object, name: string): boolean => Object.hasOwn(table, name);

/** Everything that Microsoft's analyser knows, by subject. */
function subjects(): readonly Subject[] {
  const known = L.GlobalState.Default;
  const isAggregate = (name: string) => has(AGGREGATES, canonical(name)) || has(SPREADS, canonical(name));
  const isScalar = (name: string) => {
    const of = canonical(name);
    return has(FUNCTIONS, of) || has(SPECIAL, of) || isWindowFunction(of);
  };
  const aggregates = namesOf(known?.Aggregates);
  return [
    {
      title: 'Tabular operators',
      names: Object.keys(TABULAR),
      runs: (name) => has(OPERATORS, TABULAR[name] ?? '') || has(SOURCES, TABULAR[name] ?? ''),
    },
    { title: 'Plug-ins of evaluate', names: namesOf(known?.PlugIns), runs: (name) => has(PLUGINS, name) },
    { title: 'Aggregates', names: aggregates, runs: isAggregate },
    { title: 'Scalar functions', names: namesOf(known?.Functions), runs: isScalar },
  ];
}

/** The page `docs/kql-coverage.md`: three lists a subject. */
export function coverageMarkdown(): string {
  const lines = [
    '# KQL coverage',
    '',
    'Generated from the registries of `log-plane/kql`; a test fails when this page is not what they say',
    '(`npx vitest run log-plane/kql/src/coverage.test.ts -u` writes it). The names are those that Microsoft’s analyser knows.',
    '',
  ];
  for (const { title, names, runs } of subjects()) {
    const supported = names.filter((name) => runs(name));
    const differing = supported.filter((name) => has(DIFFERENCES, name));
    const exact = supported.filter((name) => !has(DIFFERENCES, name));
    const refused = names.filter((name) => !runs(name));
    lines.push(
      `## ${title}: ${supported.length} of ${names.length}`,
      '',
      `**Supported** (${exact.length}): ${exact.map(code).join(', ')}`,
      '',
    );
    if (differing.length > 0) {
      lines.push('| with a difference | |', '|---|---|');
      for (const name of differing) lines.push(`| ${code(name)} | ${DIFFERENCES[name]} |`);
      lines.push('');
    }
    if (refused.length > 0) lines.push(`**Refused by name** (${refused.length}): ${refused.map(code).join(', ')}`, '');
  }
  return lines.join('\n');
}

const code = (name: string): string => `\`${name}\``;
