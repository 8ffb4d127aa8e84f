import type { KqlColumn, KqlType } from '@vigia/contract';

/** What the writer and the reader of a table agree on. */
export interface TableSchema {
  readonly name: string;
  /** One sentence for people who browse the tables. */
  readonly description: string;
  /** In the order of an answer that projects nothing: TenantId, TimeGenerated, then by name, as Azure's reference has it. */
  readonly columns: readonly KqlColumn[];
  /** `SourceSystem` of every row. */
  readonly sourceSystem: string;
  /** `_IsBillable` of every row. */
  readonly isBillable: boolean;
  /** Columns with long texts: a store keeps them compressed and reads them only for queries that name them. */
  readonly longTexts: readonly string[];
  /** Texts that hold JSON, and what queries often ask of them: a store keeps it beside the text. */
  readonly facts: readonly JsonFacts[];
  /**
   * The dynamic column that takes fields for which the table has no column, as AzureDiagnostics does on Azure. A field
   * of that bag which has a column is kept in the column instead. Absent: an unknown field is refused.
   */
  readonly overflow?: string;
  /** Absent: rows are written. Present: nobody writes rows, they are computed from another table's when asked for. */
  readonly computed?: ComputedTable;
}

/** What a store keeps of a column of JSON texts, so that a query for it does not read the text. */
export interface JsonFacts {
  readonly column: string;
  /** Keys from the root, and what the value nearly always is; any other value is kept as JSON. */
  readonly paths: readonly { readonly path: readonly string[]; readonly type: 'string' | 'long' }[];
}

/** One row a minute, resource and metric, over all dimensions, with the sums of that table's samples. */
export interface ComputedTable {
  readonly kind: 'minutes-of-samples';
  readonly from: string;
}

/** Columns that the store fills; a row that brings one of them is refused. `_ResourceId` and TimeGenerated are the writer's. */
export const storeColumns: readonly KqlColumn[] = [
  { name: 'TenantId', type: 'string' },
  { name: 'Type', type: 'string' },
  { name: 'SourceSystem', type: 'string' },
  { name: '_SubscriptionId', type: 'string' },
  { name: '_BilledSize', type: 'real' },
  { name: '_IsBillable', type: 'string' },
];

const standardColumns: readonly KqlColumn[] = [
  ...storeColumns,
  { name: 'TimeGenerated', type: 'datetime' },
  { name: '_ResourceId', type: 'string' },
];

export interface TableDefinition {
  readonly name: string;
  readonly description: string;
  /** By type, names parted by blanks; the standard columns are added. */
  readonly columns: Readonly<Partial<Record<KqlType, string>>>;
  readonly longTexts?: string;
  /** By column: paths with dots, by type. */
  readonly facts?: Readonly<Record<string, Readonly<Partial<Record<'string' | 'long', string>>>>>;
  readonly sourceSystem?: string;
  readonly isBillable?: boolean;
  readonly overflow?: string;
  readonly computed?: ComputedTable;
}

/** A table's schema out of its short form. */
export function defineTable(definition: TableDefinition): TableSchema {
  const own = Object.entries(definition.columns).flatMap(([type, names]) =>
    wordsOf(names).map((name) => ({ name, type: type as KqlType })),
  );
  return {
    name: definition.name,
    description: definition.description,
    columns: [...standardColumns, ...own].sort((a, b) => (rankOf(a.name) < rankOf(b.name) ? -1 : 1)),
    sourceSystem: definition.sourceSystem ?? 'Azure',
    isBillable: definition.isBillable ?? true,
    longTexts: wordsOf(definition.longTexts ?? ''),
    facts: Object.entries(definition.facts ?? {}).map(([column, { string = '', long = '' }]) => ({
      column,
      paths: [
        ...wordsOf(string).map((path) => ({ path: path.split('.'), type: 'string' as const })),
        ...wordsOf(long).map((path) => ({ path: path.split('.'), type: 'long' as const })),
      ],
    })),
    ...(definition.overflow === undefined ? {} : { overflow: definition.overflow }),
    ...(definition.computed === undefined ? {} : { computed: definition.computed }),
  };
}

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

const firstColumns = ['TenantId', 'TimeGenerated'];

/** The reference sorts by name without case and leading underscore; `_ResourceId` stands after `ResourceId`. */
function rankOf(name: string): string {
  const first = firstColumns.indexOf(name);
  if (first >= 0) return `0${first}`;
  return `1${name.replace(/^_/, '').toLowerCase()}${name.startsWith('_') ? '\u0001' : ''}`;
}
