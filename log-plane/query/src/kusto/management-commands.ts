import type { KqlType } from '@vigia/contract';
import type { QueryTable, QueryWorkspace } from '../query-scope.ts';
import { commandAnswer } from './answer-frames.ts';
import { databaseOf } from './database.ts';
import { dataTypes } from './kusto-cell-text.ts';
import { badRequest, entityIsMissing } from './kusto-error.ts';

/** What commands tell about. */
export interface KustoCluster {
  readonly tables: readonly QueryTable[];
  readonly workspaces: readonly QueryWorkspace[];
  /** Of the product. */
  readonly version: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

type Columns = readonly (readonly [name: string, type: KqlType])[];
type Rows = readonly (readonly unknown[])[];

interface Command {
  /** As it is written, with `{table}` and `{database}` for names; words in brackets may be left out. */
  readonly text: string;
  readonly columns: Columns;
  readonly rows: (
    names: { readonly table: string; readonly database: string },
    cluster: KustoCluster,
    db: string,
  ) => Rows;
}

const strings = (...names: readonly string[]): Columns => names.map((name) => [name, 'string'] as const);

const commands: readonly Command[] = [
  {
    text: '.show databases',
    columns: [
      ...strings('DatabaseName', 'PersistentStorage', 'Version'),
      ['IsCurrent', 'bool'],
      ...strings('DatabaseAccessMode', 'PrettyName'),
      ['ReservedSlot1', 'bool'],
      ['DatabaseId', 'guid'],
      ...strings('InTransitionTo', 'SuspensionState'),
    ],
    rows: (_, { workspaces }, db) =>
      workspaces.map(({ name, customerId }) => [
        name,
        '',
        'v1.0',
        [name, customerId].some((each) => each.toLowerCase() === db.toLowerCase()),
        'ReadOnly',
        name,
        null,
        customerId,
        '',
        '',
      ]),
  },
  {
    text: '.show tables',
    columns: strings('TableName', 'DatabaseName', 'Folder', 'DocString'),
    rows: (_, cluster, db) => cluster.tables.map((table) => tableRow(table, cluster, db)),
  },
  {
    text: '.show table {table}',
    columns: strings('TableName', 'DatabaseName', 'Folder', 'DocString'),
    rows: ({ table }, cluster, db) => [tableRow(tableNamed(table, cluster), cluster, db)],
  },
  ...['cslschema', 'schema as csl'].map(
    (words): Command => ({
      text: `.show table {table} ${words}`,
      columns: strings('TableName', 'Schema', 'DatabaseName', 'Folder', 'DocString'),
      rows: ({ table }, cluster, db) => {
        const found = tableNamed(table, cluster);
        const [name, ...rest] = tableRow(found, cluster, db);
        return [[name, found.columns.map((column) => `${column.name}:${column.type}`).join(','), ...rest]];
      },
    }),
  ),
  {
    text: '.show table {table} schema as json',
    columns: strings('TableName', 'Schema', 'DatabaseName', 'Folder', 'DocString'),
    rows: ({ table }, cluster, db) => {
      const found = tableNamed(table, cluster);
      const [name, ...rest] = tableRow(found, cluster, db);
      return [[name, JSON.stringify({ Name: found.name, OrderedColumns: orderedColumns(found) }), ...rest]];
    },
  },
  ...['.show database schema', '.show database {database} schema'].map(
    (text): Command => ({
      text,
      columns: [
        ...strings('DatabaseName', 'TableName', 'ColumnName', 'ColumnType'),
        ['IsDefaultTable', 'bool'],
        ['IsDefaultColumn', 'bool'],
        ...strings('PrettyName', 'Version', 'Folder', 'DocString'),
      ],
      rows: ({ database }, cluster, db) => {
        const { name } = databaseOf(database || db, cluster.workspaces);
        const row = (cells: readonly string[], doc = '') => [name, ...cells, false, false, '', 'v1.0', '', doc];
        return [
          row(['', '', '']),
          ...cluster.tables.flatMap((table) => [
            row([table.name, '', ''], table.description),
            ...table.columns.map((column) => row([table.name, column.name, dotNet(column.type)])),
          ]),
        ];
      },
    }),
  ),
  ...['.show database schema as json', '.show database {database} schema as json'].map(
    (text): Command => ({
      text,
      columns: strings('DatabaseSchema'),
      rows: ({ database }, cluster, db) => [[schemaText([databaseOf(database || db, cluster.workspaces)], cluster)]],
    }),
  ),
  ...['.show databases schema as json', '.show schema as json', '.show cluster schema as json'].map(
    (text): Command => ({
      text,
      columns: strings('ClusterSchema'),
      rows: (_, cluster) => [[schemaText(cluster.workspaces, cluster)]],
    }),
  ),
  {
    text: '.show functions',
    columns: strings('Name', 'Parameters', 'Body', 'Folder', 'DocString'),
    rows: () => [],
  },
  {
    text: '.show materialized-views',
    columns: strings('Name', 'SourceTable', 'Query', 'Folder', 'DocString'),
    rows: () => [],
  },
  {
    text: '.show external tables',
    columns: strings('TableName', 'TableType', 'Folder', 'DocString'),
    rows: () => [],
  },
  {
    text: '.show version',
    columns: [['BuildVersion', 'string'], ['BuildTime', 'datetime'], ...strings('ServiceType', 'ProductVersion')],
    rows: (_, { version, startedAt }) => [[version, new Date(startedAt).toISOString(), 'Engine', `Vigia ${version}`]],
  },
  {
    text: '.show cluster',
    columns: [...strings('NodeId', 'Address', 'Name'), ['StartTime', 'datetime']],
    rows: (_, { startedAt }) => [['0', '', 'Vigia', new Date(startedAt).toISOString()]],
  },
];

const name = String.raw`(?:\[\s*(?:'[^']+'|"[^"]+")\s*\]|'[^']+'|"[^"]+"|[\w-]+)`;

const readers = commands.map((command) => ({
  command,
  pattern: new RegExp(
    `^${command.text
      .replaceAll('.', '\\.')
      .replaceAll(' ', '\\s+')
      .replace('{table}', `(?<table>${name})`)
      .replace('{database}', `(?<database>${name})`)}$`,
    'i',
  ),
}));

/** `['My table']` → `My table`. */
const unquoted = (text: string | undefined): string =>
  (text ?? '').replace(/^\[\s*|\s*\]$/g, '').replace(/^(['"])(.*)\1$/, '$2');

/** A command's answer as JSON text. Throws a Problem (400) for a command that is not here, or what it names is not. */
export function runCommand(csl: string, cluster: KustoCluster, db: string): string {
  const text = csl.replace(/^(?:\s|\/\/[^\n]*(?:\n|$))+/, '').replace(/[\s;]+$/, '');
  if (!text.startsWith('.'))
    throw badRequest('A command begins with a dot; queries are sent to /v1/rest/query or /v2/rest/query.');
  for (const { command, pattern } of readers) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const names = { table: unquoted(found.groups?.['table']), database: unquoted(found.groups?.['database']) };
    return commandAnswer(command.columns, command.rows(names, cluster, db));
  }
  const words = /^\.[\w-]+(?:\s+[\w-]+)?/.exec(text)?.[0] ?? '.';
  const isPiped = text.includes('|') && readers.some(({ pattern }) => pattern.test((text.split('|')[0] ?? '').trim()));
  throw badRequest(
    isPiped
      ? `The rows of the command '${words}' cannot be queried further; send the command alone.`
      : `The management command '${words}' is not supported by Vigia in this form; supported are ${commands.map((each) => each.text).join(', ')}.`,
  );
}

function tableRow(table: QueryTable, { workspaces }: KustoCluster, db: string): readonly string[] {
  return [table.name, databaseOf(db, workspaces).name, '', table.description ?? ''];
}

function tableNamed(wanted: string, { tables }: KustoCluster): QueryTable {
  const found = tables.find((table) => table.name === wanted);
  if (found !== undefined) return found;
  throw entityIsMissing(`Entity ID '${wanted}' of kind 'Table' was not found.`);
}

const dotNet = (type: KqlType): string =>
  type === 'decimal' ? 'System.Data.SqlTypes.SqlDecimal' : `System.${dataTypes[type]}`;

const orderedColumns = ({ columns }: QueryTable) =>
  columns.map(({ name: Name, type }) => ({ Name, Type: dotNet(type), CslType: type }));

/** What editors and Grafana read to complete names. */
function schemaText(workspaces: readonly QueryWorkspace[], { tables }: KustoCluster): string {
  const Tables = Object.fromEntries(
    tables.map((table) => [
      table.name,
      { Name: table.name, Folder: '', DocString: table.description ?? '', OrderedColumns: orderedColumns(table) },
    ]),
  );
  return JSON.stringify({
    Plugins: [],
    Databases: Object.fromEntries(
      workspaces.map(({ name: Name }) => [
        Name,
        {
          Name,
          Tables,
          ExternalTables: {},
          MaterializedViews: {},
          MajorVersion: 1,
          MinorVersion: 0,
          Functions: {},
          DatabaseAccessMode: 'ReadOnly',
        },
      ]),
    ),
  });
}
