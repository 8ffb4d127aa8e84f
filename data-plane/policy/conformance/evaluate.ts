import { type CSharp, type ExpressionContext, ExpressionError } from '@vigia/expression';
import { expressionValues } from '../src/expression-values.ts';
import { BytesBody, HeaderMap } from '../src/index.ts';

export type Evaluation = 'evaluated' | 'refused' | { readonly failed: string };

/** Evaluates one expression in a request that has about what it asks for. An exception that .NET would throw too is a result. */
export function evaluate(csharp: CSharp, text: string): Evaluation {
  const compiled = csharp.compile(text);
  if (compiled.diagnostics.length > 0) return 'refused';
  try {
    compiled.evaluate(fittingContext(csharp, text));
    return 'evaluated';
  } catch (error) {
    if (error instanceof ExpressionError) {
      // Ours are those that .NET does not know.
      return error.type.startsWith('Vigia.') ? { failed: `${error.type}: ${error.message}` } : 'evaluated';
    }
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const chat = JSON.stringify({
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'hello' }],
  usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
});

/** Values by how a variable is used: what it is cast to, or the type that a default is given for. */
function variableOf(csharp: CSharp, text: string, name: string): unknown {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const cast = new RegExp(`\\(\\s*([\\w.<>\\[\\]]+)\\s*\\)\\s*context\\.Variables\\["${quoted}"\\]`).exec(text)?.[1];
  const asked = new RegExp(`GetValueOrDefault<([\\w.<>\\[\\]]+)>\\(\\s*"${quoted}"`).exec(text)?.[1];
  const type = (cast ?? asked ?? 'string').split('.').at(-1);
  const make = (expression: string): unknown => csharp.compile(expression).evaluate(contextWith());
  switch (type) {
    case 'int':
    case 'Int32':
      return make('@(1)');
    case 'long':
      return make('@(1L)');
    case 'double':
      return make('@(1.5)');
    case 'bool':
    case 'Boolean':
      return true;
    case 'JObject':
    case 'JToken':
      return make(`@(JObject.Parse("{\\"a\\":1}"))`);
    case 'JArray':
      return make(`@(JArray.Parse("[{\\"url\\":\\"https://a.test\\",\\"priority\\":1,\\"isThrottling\\":false}]"))`);
    case 'IResponse':
      return expressionValues(csharp).response(answer());
    case 'Jwt':
      return expressionValues(csharp).jwt('eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIiwicm9sZXMiOlsiYiJdfQ.');
    default:
      return '1';
  }
}

const answer = () => ({
  status: 200,
  reason: 'OK',
  headers: new HeaderMap([['Content-Type', 'application/json']]),
  body: new BytesBody(chat),
});

function fittingContext(csharp: CSharp, text: string): ExpressionContext {
  const names = [...text.matchAll(/Variables(?:\["|\.(?:GetValueOrDefault|ContainsKey)(?:<[^(]*>)?\(\s*")([^"]+)"/g)];
  const variables = new Map(names.map(([, name = '']) => [name, variableOf(csharp, text, name)] as const));
  return contextWith(variables);
}

function contextWith(variables: ReadonlyMap<string, unknown> = new Map()): ExpressionContext {
  return {
    requestId: '00000000-0000-0000-0000-000000000001',
    timestamp: new Date('2026-01-14T10:20:30Z'),
    elapsedMs: () => 1,
    deployment: { region: 'East US', serviceName: 'apim', serviceId: 'apim', gatewayId: 'managed' },
    api: {
      id: 'openai',
      displayName: 'Azure OpenAI',
      path: 'openai',
      revision: '1',
      isCurrent: true,
      version: 'v1',
      serviceUrl: 'https://backend.test/openai',
      protocols: ['https'],
      subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
    },
    operation: { id: 'op', displayName: 'op', method: 'POST', urlTemplate: '/deployments/{deployment-id}/chat' },
    product: { id: 'product', displayName: 'product', state: 'published', subscriptionRequired: true },
    subscription: { id: 'sub', displayName: 'sub', key: 'key', createdDate: '2026-01-01T00:00:00Z' },
    request: {
      method: 'POST',
      originalUrl: { scheme: 'https', host: 'apim.test', port: 443, path: '/openai/a', query: [['api-version', '1']] },
      url: { scheme: 'https', host: 'backend.test', port: 443, path: '/openai/a', query: [['api-version', '1']] },
      headers: new HeaderMap([
        ['Authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
        ['Content-Type', 'application/json'],
      ]),
      body: new BytesBody(chat),
      ipAddress: '203.0.113.7',
      matchedParameters: { 'deployment-id': 'gpt-4o' },
    },
    response: answer(),
    variables,
    lastError: { source: 'validate-jwt', reason: 'TokenNotPresent', message: 'JWT not present.' },
    trace: () => undefined,
  };
}
