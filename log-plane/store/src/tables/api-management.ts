import { defineTable } from '../table-schema.ts';

/** What token reports read of an answer, however the path is spelled. */
const answerFacts = { string: 'model', long: 'usage.prompt_tokens usage.completion_tokens usage.total_tokens' };

/** Tables of Microsoft.ApiManagement/service. */
export const apiManagementTables = [
  defineTable({
    name: 'ApiManagementGatewayLogs',
    description: 'One row a request through the gateway of an API Management service.',
    columns: {
      string: `ApiId ApimSubscriptionId ApiRevision BackendId BackendMethod BackendProtocol BackendRequestBody
        BackendResponseBody BackendUrl Cache CallerIpAddress Category ClientProtocol ClientTlsVersion CorrelationId
        LastErrorMessage LastErrorReason LastErrorScope LastErrorSection LastErrorSource Method OperationId
        OperationName ProductId Region RequestBody ResponseBody Url UserId WorkspaceId`,
      dynamic: 'BackendRequestHeaders BackendResponseHeaders Errors RequestHeaders ResponseHeaders TraceRecords',
      bool: 'IsMasterTrace IsRequestSuccess IsTraceAllowed IsTraceExpired IsTraceRequested',
      int: 'BackendResponseCode RequestSize ResponseCode ResponseSize',
      long: 'BackendTime CacheTime ClientTime LastErrorElapsed TotalTime',
      datetime: 'Timestamp',
    },
    longTexts: `RequestBody ResponseBody BackendRequestBody BackendResponseBody RequestHeaders ResponseHeaders
      BackendRequestHeaders BackendResponseHeaders TraceRecords`,
    facts: { RequestBody: {}, BackendRequestBody: {}, ResponseBody: answerFacts, BackendResponseBody: answerFacts },
  }),
  defineTable({
    name: 'ApiManagementGatewayLlmLog',
    description: 'Token counts and messages of calls to language models through the gateway.',
    columns: {
      string: 'ApiVersion CorrelationId DeploymentName ModelName OperationName Region RequestId',
      int: 'CompletionTokens PromptTokens SequenceNumber TotalTokens',
      bool: 'IsStreamCompletion',
      dynamic: 'RequestMessages ResponseMessages',
    },
    longTexts: 'RequestMessages ResponseMessages',
  }),
  defineTable({
    name: 'ApiManagementGatewayMCPLog',
    description: 'Calls of tools of MCP servers through the gateway.',
    columns: {
      string: `ApiType AuthenticationMethod ClientName ClientVersion CorrelationId Error ErrorType McpServerEndpoint
        Method OperationName ProtocolVersion Region ServerName ServerVersion SessionId ToolName TransportType`,
      int: 'ToolCount',
    },
  }),
  defineTable({
    name: 'ApiManagementWebSocketConnectionLogs',
    description: 'Events of WebSocket connections through the gateway.',
    columns: { string: 'CorrelationId Destination Error EventName Region Source' },
  }),
];
