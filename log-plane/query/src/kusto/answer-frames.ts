import type { KqlColumn, KqlType } from '@vigia/contract';
import type { Cell } from '@vigia/store';
import type { QueryAnswer } from '../query-engine.ts';
import { cellPrinterV1, cellPrinterV2, dataTypes } from './kusto-cell-text.ts';
import type { KustoCall } from './kusto-error.ts';
import { visualizationText } from './visualization.ts';

type Row = readonly unknown[];
type Columns = readonly (readonly [name: string, type: KqlType])[];

const queryProperties: Columns = [
  ['TableId', 'int'],
  ['Key', 'string'],
  ['Value', 'dynamic'],
];
const completionInformation: Columns = [
  ['Timestamp', 'datetime'],
  ['ClientRequestId', 'string'],
  ['ActivityId', 'guid'],
  ['SubActivityId', 'guid'],
  ['ParentActivityId', 'guid'],
  ['Level', 'int'],
  ['LevelName', 'string'],
  ['StatusCode', 'int'],
  ['StatusCodeName', 'string'],
  ['EventType', 'int'],
  ['EventTypeName', 'string'],
  ['Payload', 'string'],
];
const queryStatus: Columns = [
  ['Timestamp', 'datetime'],
  ['Severity', 'int'],
  ['SeverityName', 'string'],
  ['StatusCode', 'int'],
  ['StatusDescription', 'string'],
  ['Count', 'int'],
  ['RequestId', 'guid'],
  ['ActivityId', 'guid'],
  ['SubActivityId', 'guid'],
  ['ClientActivityId', 'string'],
];
const tableOfContents: Columns = [
  ['Ordinal', 'long'],
  ['Kind', 'string'],
  ['Name', 'string'],
  ['Id', 'string'],
  ['PrettyName', 'string'],
];

const tooLarge = { code: -2_133_196_797, name: 'E_QUERY_RESULT_SET_TOO_LARGE (80DA0003)' };
const noId = '00000000-0000-0000-0000-000000000000';

/** Frames of v2, not progressive: whoever asks for progressive ones has to read these too. */
export async function* framesV2(answer: QueryAnswer, call: KustoCall): AsyncGenerator<string> {
  const { columns, statistics, truncated } = answer;
  yield `[${JSON.stringify({ FrameType: 'DataSetHeader', IsProgressive: false, Version: 'v2.0', IsFragmented: false, ErrorReportingPlacement: 'InData' })}`;
  yield `,${tableV2(0, '@ExtendedProperties', { kind: 'QueryProperties', columns: queryProperties, rows: [[1, 'Visualization', visualizationText(answer.render)]] })}`;
  yield `,${tableHeadV2(1, 'PrimaryResult', 'PrimaryResult', columnsOf(columns))}`;
  yield* rowsText(
    answer.rows,
    columns.map(({ type }) => cellPrinterV2(type)),
  );
  const ids = [
    new Date(call.at).toISOString(),
    call.clientRequestId,
    call.activityId,
    call.activityId,
    call.activityId,
  ];
  const outcome = truncated
    ? [2, 'Error', tooLarge.code, tooLarge.name, 4, 'QueryInfo', payload({ Count: 1, Text: truncationText(truncated) })]
    : [4, 'Info', 0, 'S_OK (0)', 4, 'QueryInfo', payload({ Count: 1, Text: 'Query completed successfully' })];
  const used = {
    ExecutionTime: statistics.executionTime,
    dataset_statistics: [{ table_row_count: answer.rows.length, table_size: statistics.bytes }],
  };
  yield `]},${tableV2(2, 'QueryCompletionInformation', {
    kind: 'QueryCompletionInformation',
    columns: completionInformation,
    rows: [
      [...ids, ...outcome],
      [...ids, 6, 'Stats', 0, 'S_OK (0)', 0, 'QueryResourceConsumption', payload(used)],
    ],
  })}`;
  yield `,${JSON.stringify({
    FrameType: 'DataSetCompletion',
    HasErrors: truncated !== undefined,
    Cancelled: false,
    ...(truncated === undefined ? {} : { OneApiErrors: [{ error: limitError(truncated) }] }),
  })}]`;
}

/** Tables of v1: the result, its properties, how it ended, and what the tables are. */
export async function* tablesV1(answer: QueryAnswer, call: KustoCall): AsyncGenerator<string> {
  const { columns, truncated } = answer;
  yield `{"Tables":[${tableHeadV1('Table_0', columnsOf(columns))}`;
  yield* rowsText(
    answer.rows,
    columns.map(({ type }) => cellPrinterV1(type)),
  );
  const at = new Date(call.at).toISOString();
  const ids = [1, call.activityId, call.activityId, call.activityId, call.clientRequestId];
  const status = truncated
    ? [at, 2, 'Error', tooLarge.code, truncationText(truncated), ...ids]
    : [at, 4, 'Info', 0, 'Query completed successfully', ...ids];
  yield `]},${tableV1('Table_1', [['Value', 'string']], [[visualizationText(answer.render)]])}`;
  yield `,${tableV1('Table_2', queryStatus, [status])}`;
  yield `,${tableV1('Table_3', tableOfContents, [
    [0, 'QueryResult', 'PrimaryResult', call.activityId, ''],
    [1, 'QueryProperties', '@ExtendedProperties', call.activityId, ''],
    [2, 'QueryStatus', 'QueryStatus', noId, ''],
  ])}]`;
  yield truncated === undefined ? '}' : `,"Exceptions":${JSON.stringify([truncationText(truncated)])}}`;
}

/** A command's answer: one table. */
export const commandAnswer = (columns: Columns, rows: readonly Row[]): string =>
  `{"Tables":[${tableV1('Table_0', columns, rows)}]}`;

const columnsOf = (columns: readonly KqlColumn[]): Columns => columns.map(({ name, type }) => [name, type] as const);

function tableV2(id: number, name: string, table: { kind: string; columns: Columns; rows: readonly Row[] }): string {
  return `${tableHeadV2(id, table.kind, name, table.columns)}${table.rows.map((row) => JSON.stringify(row)).join(',')}]}`;
}

const tableHeadV2 = (id: number, kind: string, name: string, columns: Columns): string =>
  `{"FrameType":"DataTable","TableId":${id},"TableKind":"${kind}","TableName":"${name}","Columns":${JSON.stringify(
    columns.map(([ColumnName, ColumnType]) => ({ ColumnName, ColumnType })),
  )},"Rows":[`;

const tableV1 = (name: string, columns: Columns, rows: readonly Row[]): string =>
  `${tableHeadV1(name, columns)}${rows.map((row) => JSON.stringify(row)).join(',')}]}`;

const tableHeadV1 = (name: string, columns: Columns): string =>
  `{"TableName":"${name}","Columns":${JSON.stringify(
    columns.map(([ColumnName, ColumnType]) => ({ ColumnName, DataType: dataTypes[ColumnType], ColumnType })),
  )},"Rows":[`;

function* rowsText(rows: QueryAnswer['rows'], print: readonly ((cell: Cell) => string)[]): Generator<string> {
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? [];
    yield `${index === 0 ? '' : ','}[${print.map((each, column) => each(row[column] ?? null)).join(',')}]`;
  }
}

const payload = (value: unknown): string => JSON.stringify(value);

const truncationText = ({ by, limit }: NonNullable<QueryAnswer['truncated']>): string =>
  `Query execution has exceeded the allowed limits (80DA0003): The results of this query exceed the set limit of ${limit} ${by === 'rows' ? 'records' : 'bytes'}, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003).`;

const limitError = (truncated: NonNullable<QueryAnswer['truncated']>) => ({
  code: 'LimitsExceeded',
  message: 'Request is invalid and cannot be executed.',
  '@type': 'Kusto.Data.Exceptions.KustoServicePartialQueryFailureLimitsExceededException',
  '@message': truncationText(truncated),
  '@permanent': false,
});
