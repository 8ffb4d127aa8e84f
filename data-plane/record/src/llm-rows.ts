import type { JsonObject, JsonValue } from '@vigia/contract';
import { isoOf } from './azure-resource.ts';
import { cutText } from './body-text.ts';
import type { Exchange } from './exchange.ts';
import type { RowValues } from './gateway-rows.ts';
import { isSuccess } from './gateway-rows.ts';
import { isObject } from './json-reading.ts';
import type { LlmFacts } from './llm-facts.ts';

const CHUNK_BYTES = 32 * 1024;
const SIDE_BYTES = 2 * 1024 * 1024;

/**
 * Rows of `ApiManagementGatewayLlmLog` of one call: one with the token counts, and rows with messages, in chunks of
 * at most 32 KB and 2 MB a side. Only for answers that are a success. Source: monitor-tables.md §4.
 */
export function llmLogValues(exchange: Exchange, llm: LlmFacts): readonly RowValues[] {
  const logging = exchange.diagnostic?.largeLanguageModel;
  const status = exchange.backend?.response?.status ?? exchange.response?.status ?? 0;
  if (logging === undefined || !isSuccess(status)) return [];
  const shared = {
    TimeGenerated: isoOf(exchange.receivedAt),
    OperationName: 'Microsoft.ApiManagement/GatewayLlmLogs',
    CorrelationId: exchange.correlationId,
    Region: exchange.service.regionName,
    _ResourceId: exchange.service.id.toLowerCase(),
    RequestId: llm.answerId,
    ApiVersion: llm.apiVersion,
  };
  const rowsOf = (column: string, messages: readonly JsonValue[], maxBytes: number): RowValues[] =>
    chunksOf(messages, maxBytes).map((chunk, sequence) => ({
      ...shared,
      SequenceNumber: sequence,
      [column]: chunk,
    }));
  return [
    {
      ...shared,
      SequenceNumber: 0,
      DeploymentName: llm.deployment,
      ModelName: llm.model,
      PromptTokens: llm.usage.promptTokens ?? null,
      CompletionTokens: llm.usage.completionTokens ?? null,
      TotalTokens: llm.usage.totalTokens ?? null,
      IsStreamCompletion: llm.isStreaming,
    },
    ...(logging.requestMessages ? rowsOf('RequestMessages', llm.requestMessages(), logging.requestMaxBytes) : []),
    ...(logging.responseMessages ? rowsOf('ResponseMessages', llm.responseMessages, logging.responseMaxBytes) : []),
  ];
}

/**
 * Messages in arrays of at most 32 KB of JSON each. A longer message is continued in the next chunk under the same
 * role, so that its contents joined in order are the whole. A size set below Azure's default cuts the side there.
 */
export function chunksOf(messages: readonly JsonValue[], maxBytes: number): readonly (readonly JsonValue[])[] {
  let left = maxBytes < CHUNK_BYTES ? maxBytes : SIDE_BYTES;
  const most = Math.min(CHUNK_BYTES, left);
  const chunks: JsonValue[][] = [];
  let chunk: JsonValue[] = [];
  let size = 0;
  for (const piece of messages.flatMap((message) => piecesOf(message, most))) {
    const bytes = Buffer.byteLength(JSON.stringify(piece)) + 2;
    if (bytes > left) break;
    left -= bytes;
    if (size + bytes > most && chunk.length > 0) {
      chunks.push(chunk);
      chunk = [];
      size = 0;
    }
    chunk.push(piece);
    size += bytes;
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}

function piecesOf(message: JsonValue, most: number): readonly JsonValue[] {
  if (Buffer.byteLength(JSON.stringify(message)) + 2 <= most) return [message];
  const shell: JsonObject = isObject(message) ? { role: message['role'] ?? null } : {};
  const content = isObject(message) ? message['content'] : message;
  const hasOnlyText = typeof content === 'string';
  let text = hasOnlyText ? content : JSON.stringify(message);
  const room = most - Buffer.byteLength(JSON.stringify({ ...shell, content: '' })) - 2;
  const pieces: JsonValue[] = [];
  while (text !== '' && room > 0) {
    // JSON escapes make a text longer, so the length in JSON decides.
    let part = cutText(text, room);
    for (let over = jsonBytes(part) - room; over > 0 && part.length > 1; over = jsonBytes(part) - room)
      part = cutText(part, Math.max(1, Math.floor((Buffer.byteLength(part) * room) / (room + over))));
    if (part === '') break;
    pieces.push({ ...shell, content: part });
    text = text.slice(part.length);
  }
  return pieces;
}

/** Bytes of a text in JSON without its quotes. */
const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;
