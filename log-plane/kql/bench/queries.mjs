/**
 * The queries of the bench: KQL, and the best SQL that we know for the same store. `g`, `l` and `d` are the rows of the gateway's log, the LLM
 * log and the diagnostics; `hidden.g` and `hidden.d` have the hidden columns besides. SQL may use the store's hidden columns, as the compiler may.
 */
const tokens = (name) => `"vigia_BackendResponseBody.usage.${name}"`;
const model = '"vigia_BackendResponseBody.model"';
const HOUR = 36_000_000_000;

export const queries = [
  {
    name: 'lab: tokens by caller and model',
    kql: `ApiManagementGatewayLogs
      | where tolower(OperationId) in ('completions_create','chatcompletions_create')
      | where ResponseCode  == '200'
      | extend modelkey = substring(parse_json(BackendResponseBody)['model'], 0, indexof(parse_json(BackendResponseBody)['model'], '-', 0, -1, 2))
      | extend model = tostring(parse_json(BackendResponseBody)['model'])
      | extend prompttokens = parse_json(parse_json(BackendResponseBody)['usage'])['prompt_tokens']
      | extend completiontokens = parse_json(parse_json(BackendResponseBody)['usage'])['completion_tokens']
      | extend totaltokens = parse_json(parse_json(BackendResponseBody)['usage'])['total_tokens']
      | extend ip = CallerIpAddress
      | where model !=  ''
      | summarize sum(todecimal(prompttokens)), sum(todecimal(completiontokens)), sum(todecimal(totaltokens)), avg(todecimal(totaltokens)) by ip, model`,
    sql: ({
      hidden,
    }) => `select "CallerIpAddress", m, sum(p::decimal(38,18)), sum(c::decimal(38,18)), sum(t::decimal(38,18)), cast(sum(t::decimal(38,18))::double / count(t) as decimal(38,18)) from
      (select "CallerIpAddress", ${model} m, ${tokens('prompt_tokens')} p, ${tokens('completion_tokens')} c, ${tokens('total_tokens')} t, "OperationId", "ResponseCode" from ${hidden.g})
      where lower("OperationId") in ('completions_create','chatcompletions_create') and "ResponseCode" = 200 and m <> '' group by 1, 2`,
  },
  {
    name: 'lab: a hundred recent diagnostics',
    kql: 'AzureDiagnostics | take 100 | project TimeGenerated, _ResourceId, Category, OperationName',
    sql: ({ d }) => `select "TimeGenerated", "_ResourceId", "Category", "OperationName" from ${d} limit 100`,
  },
  {
    name: 'one call by its id',
    kql: "ApiManagementGatewayLogs | where CorrelationId == 'c-7777'",
    sql: ({ g, columns }) => `select ${columns} from ${g} where "CorrelationId" = 'c-7777'`,
  },
  {
    name: 'a word of some answers',
    kql: "ApiManagementGatewayLogs | where BackendResponseBody has 'lighthouse' | count",
    sql: ({ g }) =>
      `select count(*) from ${g} where case when regexp_matches("BackendResponseBody", '(?is)lighthouse') then regexp_matches("BackendResponseBody", '(?is)(?:^|[^\\p{L}\\p{N}])lighthouse(?:$|[^\\p{L}\\p{N}])') else false end`,
  },
  {
    name: 'a word of no answer',
    kql: "ApiManagementGatewayLogs | where BackendResponseBody has 'nosuchword' | count",
    sql: ({ g }) => `select count(*) from ${g} where regexp_matches("BackendResponseBody", '(?is)nosuchword')`,
  },
  {
    name: 'requests by hour',
    kql: 'ApiManagementGatewayLogs | summarize count() by bin(TimeGenerated, 1h)',
    sql: ({ g }) => `select "TimeGenerated" - "TimeGenerated" % ${HOUR}, count(*) from ${g} group by 1`,
  },
  {
    name: 'codes by hour',
    kql: 'ApiManagementGatewayLogs | summarize count() by ResponseCode, bin(TimeGenerated, 1h)',
    sql: ({ g }) =>
      `select "ResponseCode", "TimeGenerated" - "TimeGenerated" % ${HOUR}, count(*) from ${g} group by 1, 2`,
  },
  {
    name: 'workbook: failed and all by API',
    kql: 'ApiManagementGatewayLogs | summarize Total = count(), Failed = countif(IsRequestSuccess == false), Avg = avg(TotalTime) by ApiId | extend Rate = todouble(Failed) / Total | order by Failed desc',
    sql: ({ g }) =>
      `select "ApiId", n, f, a, f::double / n from (select "ApiId", count(*) n, count(*) filter ("IsRequestSuccess" = false) f, avg("TotalTime") a from ${g} group by 1) order by f desc`,
  },
  {
    name: 'workbook: errors by reason',
    kql: 'ApiManagementGatewayLogs | where IsRequestSuccess == false | summarize count() by LastErrorReason, ResponseCode | top 20 by count_',
    sql: ({ g }) =>
      `select "LastErrorReason", "ResponseCode", count(*) from ${g} where "IsRequestSuccess" = false group by 1, 2 order by 3 desc limit 20`,
  },
  {
    name: 'workbook: percentiles of the time by hour',
    kql: 'ApiManagementGatewayLogs | summarize percentiles(TotalTime, 50, 95, 99) by bin(TimeGenerated, 1h)',
    sql: ({ g }) =>
      `select b, q[1], q[2], q[3] from (select "TimeGenerated" - "TimeGenerated" % ${HOUR} b, quantile_disc("TotalTime", [0.5, 0.95, 0.99]) q from ${g} group by 1)`,
  },
  {
    name: 'one percentile by operation',
    kql: 'ApiManagementGatewayLogs | summarize percentile(TotalTime, 95) by OperationId',
    sql: ({ g }) => `select "OperationId", quantile_disc("TotalTime", 0.95) from ${g} group by 1`,
  },
  {
    name: 'distinct callers by API',
    kql: 'ApiManagementGatewayLogs | summarize dcount(CallerIpAddress) by ApiId',
    sql: ({ g }) => `select "ApiId", count(distinct "CallerIpAddress") from ${g} group by 1`,
  },
  {
    name: 'last request of each caller',
    kql: 'ApiManagementGatewayLogs | summarize arg_max(TimeGenerated, ResponseCode, OperationId) by CallerIpAddress',
    sql: ({ g }) =>
      `select "CallerIpAddress", "TimeGenerated", "ResponseCode", "OperationId" from ${g} qualify row_number() over (partition by "CallerIpAddress" order by "TimeGenerated" desc) = 1`,
  },
  {
    name: 'tokens by model and hour, from the LLM log',
    kql: 'ApiManagementGatewayLlmLog | where TotalTokens > 0 | summarize sum(TotalTokens) by ModelName, bin(TimeGenerated, 1h)',
    sql: ({ l }) =>
      `select "ModelName", "TimeGenerated" - "TimeGenerated" % ${HOUR}, sum("TotalTokens") from ${l} where "TotalTokens" > 0 group by 1, 2`,
  },
  {
    name: 'top callers by tokens: both logs joined',
    kql: 'ApiManagementGatewayLogs | join kind=inner ApiManagementGatewayLlmLog on CorrelationId | summarize Tokens = sum(TotalTokens) by CallerIpAddress | top 10 by Tokens',
    sql: ({ g, l }) =>
      `select "CallerIpAddress", sum("TotalTokens") from ${g} g join ${l} l on g."CorrelationId" = l."CorrelationId" group by 1 order by 2 desc limit 10`,
  },
  {
    name: 'default join, of one hour',
    kql: 'ApiManagementGatewayLogs | where TimeGenerated between (datetime(2026-01-01T00:00) .. 1h) | join (ApiManagementGatewayLlmLog | where TimeGenerated between (datetime(2026-01-01T00:00) .. 1h)) on CorrelationId | summarize sum(TotalTokens) by ProductId, ModelName',
    sql: ({ g, l, ticks }) =>
      `select "ProductId", "ModelName", sum("TotalTokens") from (select * from ${g} where "TimeGenerated" between ${ticks('2026-01-01T00:00Z')} and ${ticks('2026-01-01T01:00Z')} qualify row_number() over (partition by "CorrelationId") = 1) g join ${l} l on g."CorrelationId" = l."CorrelationId" where l."TimeGenerated" between ${ticks('2026-01-01T00:00Z')} and ${ticks('2026-01-01T01:00Z')} group by 1, 2`,
  },
  {
    name: 'why answers ended (one path into bodies)',
    kql: 'ApiManagementGatewayLogs | where ResponseCode == 200 | summarize count() by Reason = tostring(parse_json(BackendResponseBody).choices[0].finish_reason)',
    sql: ({ hidden }) =>
      `select coalesce(json_extract_string(case when "vigia_BackendResponseBody" then "BackendResponseBody" end, '$.choices[0].finish_reason'), ''), count(*) from ${hidden.g} where "ResponseCode" = 200 group by 1`,
  },
  {
    name: 'four paths into bodies',
    kql: "ApiManagementGatewayLogs | extend b = parse_json(BackendResponseBody) | extend role = tostring(b.choices[0].message.role), reason = tostring(b.choices[0].finish_reason), created = tolong(b.created), sort_ = tostring(b.object) | where reason != '' | summarize count(), max(created) by role, reason, sort_",
    sql: ({ hidden }) =>
      `select j[1], j[2], j[3], count(*), max(try_cast(j[4] as bigint)) from (select unnest([json_extract_string(case when "vigia_BackendResponseBody" then "BackendResponseBody" end, ['$.choices[0].message.role', '$.choices[0].finish_reason', '$.object', '$.created'])]) j from ${hidden.g}) where j[2] <> '' group by 1, 2, 3`,
  },
  {
    name: 'slowest hundred with the prompt',
    kql: 'ApiManagementGatewayLogs | extend prompt = tostring(parse_json(RequestBody).messages[0].content) | top 100 by TotalTime | project TimeGenerated, TotalTime, prompt',
    sql: ({ g }) =>
      `select "TimeGenerated", "TotalTime", coalesce(json_extract_string(case when json_valid("RequestBody") then "RequestBody" end, '$.messages[0].content'), '') from (select "TimeGenerated", "TotalTime", "RequestBody" from ${g} order by "TotalTime" desc nulls last limit 100)`,
  },
  {
    name: 'fifty newest rows whole',
    kql: 'ApiManagementGatewayLogs | top 50 by TimeGenerated',
    sql: ({ g, columns }) => `select ${columns} from ${g} order by "TimeGenerated" desc nulls last limit 50`,
  },
  {
    name: 'list of an hour without bodies',
    kql: 'ApiManagementGatewayLogs | where TimeGenerated between (datetime(2026-01-01T00:00) .. 1h) | project TimeGenerated, CallerIpAddress, Url, ResponseCode, TotalTime | order by TimeGenerated desc',
    sql: ({ g, ticks }) =>
      `select "TimeGenerated", "CallerIpAddress", "Url", "ResponseCode", "TotalTime" from ${g} where "TimeGenerated" between ${ticks('2026-01-01T00:00Z')} and ${ticks('2026-01-01T01:00Z')} order by 1 desc`,
  },
  {
    name: 'tokens by deployment, from diagnostics',
    kql: "AzureDiagnostics | where Category == 'AzureOpenAIRequestUsage' | extend p = parse_json(properties_s) | summarize sum(tolong(p.totalTokens)), count() by tostring(p.modelDeploymentName)",
    sql: ({ hidden }) =>
      `select "vigia_properties_s.modelDeploymentName", sum("vigia_properties_s.totalTokens"), count(*) from ${hidden.d} where "Category" = 'AzureOpenAIRequestUsage' group by 1`,
  },
  {
    name: 'long answers: a number in bodies as filter',
    kql: 'ApiManagementGatewayLogs | where toint(parse_json(BackendResponseBody).usage.completion_tokens) > 950 | summarize count() by CallerIpAddress',
    sql: ({ hidden }) =>
      `select "CallerIpAddress", count(*) from ${hidden.g} where ${tokens('completion_tokens')} > 950 group by 1`,
  },
  {
    name: 'prompts with a word, of an hour',
    kql: "ApiManagementGatewayLogs | where TimeGenerated between (datetime(2026-01-01T00:00) .. 1h) | where RequestBody has 'lighthouse' | project TimeGenerated, prompt = tostring(parse_json(RequestBody).messages[0].content)",
    sql: ({ g, ticks }) =>
      `select "TimeGenerated", coalesce(json_extract_string(case when json_valid("RequestBody") then "RequestBody" end, '$.messages[0].content'), '') from ${g} where "TimeGenerated" between ${ticks('2026-01-01T00:00Z')} and ${ticks('2026-01-01T01:00Z')} and case when regexp_matches("RequestBody", '(?is)lighthouse') then regexp_matches("RequestBody", '(?is)(?:^|[^\\p{L}\\p{N}])lighthouse(?:$|[^\\p{L}\\p{N}])') else false end`,
  },
  {
    name: 'rows of all tables by hour',
    kql: 'union withsource=T ApiManagementGatewayLogs, ApiManagementGatewayLlmLog, AzureDiagnostics | summarize count() by T, bin(TimeGenerated, 1h)',
    sql: ({ g, l, d }) =>
      `select t, "TimeGenerated" - "TimeGenerated" % ${HOUR}, count(*) from (select 'ApiManagementGatewayLogs' t, "TimeGenerated" from ${g} union all select 'ApiManagementGatewayLlmLog', "TimeGenerated" from ${l} union all select 'AzureDiagnostics', "TimeGenerated" from ${d}) group by 1, 2`,
  },
];
