import type { KqlColumn } from '@vigia/contract';
import type { StoredFacts, TableSchema } from '@vigia/store';
import { hiddenTexts, knownColumn, unknownFacts } from './json-facts.ts';
import { quoteName, quoteText, tablePath } from './names.ts';
import { MINUTE, sqlTypes } from './physical-table.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The workspace's id in the form that rows hold; undefined where it is none. */
export function workspaceKey(workspaceId: string): string | undefined {
  const key = workspaceId.toLowerCase();
  return GUID.test(key) ? key : undefined;
}

/** SQL text of a table's rows of one workspace, to stand after FROM. */
export function relationSql(schema: TableSchema, workspaceKey: string): string {
  return schema.computed === undefined ? keptRows(schema, workspaceKey) : minuteRows(schema, workspaceKey);
}

function keptRows(schema: TableSchema, workspaceKey: string): string {
  return `(${selectKept(schema, workspaceKey, {})})`;
}

/** `hidden`: further columns, by name; undefined: as it is kept. */
function selectKept(
  schema: TableSchema,
  workspaceKey: string,
  hidden: Readonly<Record<string, string | undefined>>,
): string {
  const expressions: Readonly<Record<string, string>> = constantColumns(schema);
  const columns = [
    ...schema.columns.map((column) => selected(column, expressions[column.name])),
    ...Object.entries(hidden).map(([name, expression]) => selected({ name }, expression)),
  ];
  return `select ${columns.join(', ')} from ${tablePath(schema.name)} where "TenantId" = ${quoteText(workspaceKey)}`;
}

/**
 * Rows with their hidden columns. Rows that nobody looked at (written by an older version) stand in a second SELECT,
 * which reads their texts: the engine skips it block by block where there are none.
 */
export function storedFacts(schema: TableSchema, workspaceKey: string): StoredFacts | undefined {
  const texts = hiddenTexts(schema);
  if (texts.length === 0) return undefined;
  const unknown = Object.assign({}, ...texts.map(unknownFacts)) as Readonly<Record<string, string>>;
  const kept = Object.fromEntries(Object.keys(unknown).map((name) => [name, undefined]));
  const known = quoteName(knownColumn(schema));
  return {
    relation:
      `(${selectKept(schema, workspaceKey, kept)} and ${known}` +
      ` union all ${selectKept(schema, workspaceKey, unknown)} and ${known} is null)`,
    texts: texts.map(({ column, validity, hidden }) => ({ column, validity, paths: hidden })),
  };
}

/** Columns that are not kept. The functions run once a distinct `_ResourceId` of a block. */
const constantColumns = (schema: TableSchema): Readonly<Record<string, string>> => ({
  Type: quoteText(schema.name),
  SourceSystem: quoteText(schema.sourceSystem),
  _IsBillable: quoteText(String(schema.isBillable)),
  _SubscriptionId: `case when starts_with("_ResourceId", '/subscriptions/') then split_part("_ResourceId", '/', 3) else '' end`,
});

/**
 * AzureMetrics: one row a minute, resource and metric, over all dimensions. TimeGenerated is the minute's start and a
 * key of the grouping, so a filter on it reaches the scan of the samples.
 */
function minuteRows(schema: TableSchema, workspaceKey: string): string {
  const from = schema.computed?.from ?? '';
  const expressions: Readonly<Record<string, string>> = {
    ...constantColumns(schema),
    TenantId: quoteText(workspaceKey),
    TimeGenerated: '"TimeGenerated"',
    _ResourceId: '"_ResourceId"',
    ResourceId: '"ResourceId"',
    SubscriptionId: `split_part("_ResourceId", '/', 3)`,
    ResourceGroup: `split_part("ResourceId", '/', 5)`,
    ResourceProvider: `split_part("ResourceId", '/', 7)`,
    Resource: `split_part("ResourceId", '/', -1)`,
    MetricName: '"MetricName"',
    UnitName: '"UnitName"',
    TimeGrain: "'PT1M'",
    Total: '"Total"',
    Count: '"Count"',
    Maximum: '"Maximum"',
    Minimum: '"Minimum"',
    Average: '"Total" / "Count"',
    // As of kept rows: bytes of the texts and eight of each number.
    _BilledSize: '(strlen("ResourceId") + strlen("MetricName") + strlen("UnitName") + 44)::double',
  };
  return (
    `(select ${schema.columns.map((column) => selected(column, expressions[column.name] ?? nothingOf(column))).join(', ')}` +
    ` from (select ${quoteName(MINUTE.name)} as "TimeGenerated", "_ResourceId", "ResourceId", "MetricName", "UnitName",` +
    ` sum("Value") as "Total", count("Value")::double as "Count", max("Value") as "Maximum", min("Value") as "Minimum"` +
    ` from ${tablePath(from)} where "TenantId" = ${quoteText(workspaceKey)} and "Value" is not null group by all))`
  );
}

const nothingOf = ({ type }: KqlColumn): string => (type === 'string' ? "''" : `null::${sqlTypes[type]}`);

const selected = ({ name }: Pick<KqlColumn, 'name'>, expression: string | undefined): string =>
  expression === undefined ? quoteName(name) : `${expression} as ${quoteName(name)}`;
