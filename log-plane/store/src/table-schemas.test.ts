import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tableSchema, tableSchemas } from './table-schemas.ts';

interface Reference {
  readonly tables: Readonly<
    Record<string, { readonly columns: readonly { readonly name: string; readonly type: string }[] }>
  >;
}

const reference = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'reference', 'monitor-tables.json');
const isThere = existsSync(reference);
if (!isThere) console.log('the facts of Azure Monitor are not on this machine: columns are not compared with them');

const standard = [
  ['TenantId', 'string'],
  ['TimeGenerated', 'datetime'],
  ['Type', 'string'],
  ['SourceSystem', 'string'],
  ['_ResourceId', 'string'],
  ['_SubscriptionId', 'string'],
  ['_BilledSize', 'real'],
  ['_IsBillable', 'string'],
];

describe('table schemas', () => {
  it.skipIf(!isThere)("have exactly Azure's columns, types and order; AzureDiagnostics has more of them", () => {
    const { tables } = JSON.parse(readFileSync(reference, 'utf8')) as Reference;
    const first = ['TenantId', 'TimeGenerated'];
    for (const [name, { columns }] of Object.entries(tables)) {
      const expected = [
        ...first.map((column) => columns.find((each) => each.name === column)),
        ...columns.filter((each) => !first.includes(each.name)),
      ].map((column) => `${column?.name}: ${column?.type}`);
      const ours = tableSchema(name)?.columns.map((column) => `${column.name}: ${column.type}`) ?? [];
      const compared = name === 'AzureDiagnostics' ? ours.filter((column) => expected.includes(column)) : ours;
      expect(compared, name).toEqual(expected);
    }
  });

  it.each(tableSchemas.map((schema) => [schema.name, schema] as const))('%s holds together', (_, schema) => {
    const columns = new Map(schema.columns.map(({ name, type }) => [name, type]));
    // The engine tells no upper from lower case in names.
    expect(new Set(schema.columns.map(({ name }) => name.toLowerCase())).size).toBe(schema.columns.length);
    for (const [name, type] of standard) expect(columns.get(name ?? ''), name).toBe(type);
    expect(schema.columns.slice(0, 2).map(({ name }) => name)).toEqual(['TenantId', 'TimeGenerated']);
    for (const name of schema.longTexts) expect(['string', 'dynamic'], name).toContain(columns.get(name));
    if (schema.overflow !== undefined) expect(columns.get(schema.overflow)).toBe('dynamic');
    if (schema.computed !== undefined) expect(tableSchema(schema.computed.from)?.computed).toBeUndefined();
    for (const { name } of schema.columns) expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_]*$/);
  });

  it('names no table twice', () => {
    expect(new Set(tableSchemas.map(({ name }) => name.toLowerCase())).size).toBe(tableSchemas.length);
  });

  it.each([
    ['isRequestSuccess_b', 'bool'],
    ['backendResponseCode_d', 'real'],
    ['responseCode_d', 'real'],
    ['apiId_s', 'string'],
    ['lastErrorReason_s', 'string'],
    ['traceRecords_s', 'string'],
    ['properties_s', 'string'],
    ['location_s', 'string'],
    ['AssetIdentity_g', 'guid'],
  ])('AzureDiagnostics has %s of the gateway and of Azure OpenAI', (name, type) => {
    expect(tableSchema('AzureDiagnostics')?.columns).toContainEqual({ name, type });
  });

  it('knows tables by their exact name', () => {
    expect(tableSchema('AzureMetrics')?.name).toBe('AzureMetrics');
    expect(tableSchema('azuremetrics')).toBeUndefined();
  });
});
