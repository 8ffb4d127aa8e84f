import { setImmediate } from 'node:timers/promises';
import type { QueryAnswer } from '../query-engine.ts';
import { cellPrinter } from './cell-text.ts';
import type { Preferences } from './prefer.ts';
import { renderAnswer } from './render.ts';

/** Characters of JSON text that are made in one go. */
const CHUNK = 64 * 1024;

/**
 * The answer as JSON text in pieces: `tables` first (`PrimaryResult`), then what was asked for by `Prefer`, `error` where
 * rows were cut, and `vigia`. Between pieces other work gets its turn.
 */
export async function* answerText(answer: QueryAnswer, prefer: Preferences): AsyncGenerator<string> {
  const { columns, rows } = answer;
  const print = columns.map(({ type }) => cellPrinter(type));
  let text = `{"tables":[{"name":"PrimaryResult","columns":${JSON.stringify(columns)},"rows":[`;
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? [];
    let line = index === 0 ? '[' : ',[';
    for (let column = 0; column < print.length; column += 1) {
      line += `${column === 0 ? '' : ','}${print[column]?.(row[column] ?? null)}`;
    }
    text += `${line}]`;
    if (text.length >= CHUNK) {
      yield text;
      text = '';
      await setImmediate();
    }
  }
  yield `${text}]}]${Object.entries(besideTables(answer, prefer))
    .map(([name, value]) => `,${JSON.stringify(name)}:${JSON.stringify(value)}`)
    .join('')}}`;
}

function besideTables(answer: QueryAnswer, prefer: Preferences): Record<string, unknown> {
  const { render, rows, statistics, truncated, emptyResult, warnings, sql } = answer;
  const vigia = {
    ...(prefer.includeExplain ? { sql } : {}),
    ...(emptyResult === undefined ? {} : { emptyResult }),
    ...(warnings.length === 0 ? {} : { warnings }),
  };
  return {
    ...(prefer.includeStatistics
      ? {
          statistics: {
            query: {
              executionTime: statistics.executionTime,
              datasetStatistics: [{ table_row_count: rows.length, table_size: statistics.bytes }],
            },
          },
        }
      : {}),
    ...(prefer.includeRender && render !== undefined ? { render: renderAnswer(render) } : {}),
    ...(prefer.includeDataSources
      ? { dataSources: answer.workspaces.map(({ id }) => ({ resourceId: id, tables: answer.tables })) }
      : {}),
    ...(truncated === undefined ? {} : { error: partialError(truncated) }),
    ...(Object.keys(vigia).length === 0 ? {} : { vigia }),
  };
}

const partialError = ({ by, limit }: NonNullable<QueryAnswer['truncated']>) => ({
  code: 'PartialError',
  message: 'There were some errors when processing your query.',
  details: [
    {
      code: 'EngineError',
      message: 'Something went wrong processing your query on the server.',
      innererror: {
        code: '-2133196797',
        message: `The results of this query exceed the set limit of ${limit} ${by === 'rows' ? 'records' : 'bytes'}, so not all records were returned (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003). Ask for fewer rows or columns (take, where, project, summarize) or a shorter timespan.`,
        severity: 2,
        severityName: 'Error',
      },
    },
  ],
});
