import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableSchema } from '../../store/dist/index.js';
import { openDuckDbStore } from '../../store-duckdb/dist/index.js';
import { hiddenTexts, knownColumn, readFactsSql } from '../../store-duckdb/dist/json-facts.js';

export const workspaceId = '11111111-1111-1111-1111-111111111111';
const logger = { info: () => {}, warn: console.warn, error: console.error };
export const openStore = (folder) => openDuckDbStore({ folder, memoryLimit: '3GB', threads: 2, logger });

/** Ticks of 2026-01-01, and of the 100 ms between two calls. */
const START = 639_028_224_000_000_000n;
const STEP = 1_000_000n;

/** A name as SQL text. */
const name = (column) => `"${column}"`;

/**
 * A store with so many calls. The rows are made by the engine itself, which is quicker than appending them, in the
 * form in which the store would have written them. `isShort`: without bodies.
 */
export async function makeStore(folder, { rows, isShort }) {
  await (await openStore(folder)).close();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '3GB',
    threads: '2',
    temp_directory: join(folder, 'making'),
  });
  const connection = await instance.connect();
  await connection.run(
    `attach '${join(folder, 'logs.duckdb')}' as logs (storage_version 'latest', row_group_size 2048)`,
  );
  await connection.run("set timezone = 'UTC'");
  // A text of words out of which bodies are cut: 400 KB, a word in a few thousand is 'lighthouse'.
  await connection.run(
    `create table words as select string_agg(case when hash(i) % 3001 = 0 then 'lighthouse' else substr(md5(i::varchar), 1, 2 + (hash(i) % 8)::int) end, ' ') as w from range(70000) t(i)`,
  );
  const step = 50_000;
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    const text = (length) => `substr(w, 1 + (hash(i, ${length.length}) % 390000)::int, (${length})::int)`;
    const request = isShort
      ? "''"
      : `'{"messages":[{"role":"user","content":"' || ${text('200 + hash(i, 1) % 600')} || '"}],"model":"chat"}'`;
    const response = isShort
      ? "''"
      : `case when i % 50 = 0 then '{"error":{"code":"429","message":"Too many requests"}}' else '{"choices":[{"finish_reason":"' || case when i % 9 = 0 then 'length' else 'stop' end || '","index":0,"message":{"content":"' || ${text('800 + hash(i, 22) % 3000')} || '","role":"assistant"}}],"created":' || (1767225600 + i // 10) || ',"id":"chatcmpl-' || i || '","model":"' || case when i % 3 = 0 then 'gpt-35-turbo' else 'gpt-4o-mini' end || '","object":"chat.completion","usage":{"prompt_tokens":' || (20 + i % 90) || ',"completion_tokens":' || (300 + i % 700) || ',"total_tokens":' || (320 + i % 90 + i % 700) || '}}' end`;
    const common = `'${workspaceId}' as "TenantId", ${START} + i * ${STEP} as "TimeGenerated", 'East US' as "Region", '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim' as "_ResourceId", 'c-' || i as "CorrelationId"`;
    await insert(
      connection,
      'ApiManagementGatewayLogs',
      `select *, q as "BackendRequestBody", a as "ResponseBody", a as "BackendResponseBody" from (select ${common}, case when i % 7 = 0 then 'Embeddings_Create' else 'ChatCompletions_Create' end as "OperationId", 'azure-openai-' || i % 5 as "ApiId", 'product-' || i % 3 as "ProductId", 'POST' as "Method", 'https://apim.azure-api.net/openai/deployments/chat/chat/completions?api-version=2024-02-01' as "Url", '10.0.' || i % 16 || '.' || i % 200 as "CallerIpAddress", case when i % 50 = 0 then 429 else 200 end::int as "ResponseCode", i % 50 <> 0 as "IsRequestSuccess", case when i % 50 = 0 then 'RateLimitExceeded' else '' end as "LastErrorReason", (900 + hash(i) % 3000)::bigint as "TotalTime", ${request} as "RequestBody", ${request} as q, ${response} as a from words, range(${from}, ${to}) t(i))`,
    );
    await insert(
      connection,
      'ApiManagementGatewayLlmLog',
      `select ${common}, case when i % 3 = 0 then 'gpt-35-turbo' else 'gpt-4o-mini' end as "ModelName", (320 + i % 700)::int as "TotalTokens", (20 + i % 90)::int as "PromptTokens", 0::int as "SequenceNumber" from range(${from}, ${to}) t(i)`,
    );
    await insert(
      connection,
      'AzureDiagnostics',
      `select ${common.replace('"Region"', '"location_s"')}, case when i % 2 = 0 then 'RequestResponse' else 'AzureOpenAIRequestUsage' end as "Category", 'ChatCompletions_Create' as "OperationName", '{"apiName":"Azure OpenAI API version 2024-02-01","requestTime":639028224000000000,"requestLength":' || (100 + i % 900) || ',"responseTime":639028224000000000,"responseLength":2000,"objectId":"","streamType":"Non-Streaming","modelDeploymentName":"chat-' || i % 4 || '","modelName":"gpt-4o-mini","modelVersion":"2024-07-18","totalTokens":' || (320 + i % 700) || '}' as "properties_s" from range(${from}, ${to}) t(i)`,
    );
    await connection.run('checkpoint logs');
  }
  await connection.run('detach logs');
  connection.closeSync();
  instance.closeSync();
}

/** The rows with the facts of their texts, computed as the store computes them. */
async function insert(connection, table, rows) {
  const schema = tableSchema(table);
  const texts = hiddenTexts(schema);
  await connection.run(`create or replace temp table made as ${rows}`);
  const given = new Set(
    (await connection.runAndReadAll("select column_name from duckdb_columns() where table_name = 'made'"))
      .getRows()
      .map(([column]) => column),
  );
  const columns = [...given].filter((column) => schema.columns.some((each) => each.name === column));
  const values = columns.map((column) => `made.${name(column)}`);
  const joins = [];
  if (texts.length > 0) {
    columns.push(knownColumn(schema));
    values.push('true');
  }
  for (const [at, text] of texts.entries()) {
    if (!given.has(text.column)) continue;
    const hidden = [text.validity, ...text.hidden.flatMap(({ value, rest }) => [value, rest])];
    const facts = `select row_number() over () as place, * from (${readFactsSql(text, `(select ${name(text.column)} as text from made)`)})`;
    joins.push(`positional join (${facts}) f${at}(place, known, ${hidden.map((_, index) => `h${index}`).join(', ')})`);
    columns.push(...hidden);
    values.push(...hidden.map((_, index) => `f${at}.h${index}`));
  }
  await connection.run(
    `insert into logs.main.${name(table)} (${columns.map(name).join(', ')}) select ${values.join(', ')} from made ${joins.join(' ')}`,
  );
}
