import { Liquid, LiquidError, type Template } from 'liquidjs';
import type { MutableUrl, PolicyContext } from '../context.ts';
import { type Message, textOfBody } from '../policies/message.ts';
import { PolicyError } from '../policy-error.ts';
import { asText } from '../value-text.ts';
import { parseXml, type XmlElement, XmlError } from '../xml/xml-tree.ts';
import { addDotLiquidFilters } from './dotliquid-filters.ts';

/** A template reads no files, reaches only what it is given, and ends. */
const engine = new Liquid({
  templates: {},
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: false,
  parseLimit: 1_000_000,
  renderLimit: 2_000,
  memoryLimit: 10_000_000,
});
addDotLiquidFilters(engine);

/** Says what is wrong with a template; undefined: nothing. */
export function checkTemplate(template: string): string | undefined {
  try {
    engine.parse(template);
    return undefined;
  } catch (error) {
    if (!(error instanceof LiquidError)) throw error;
    return `The Liquid template has a mistake: ${error.message}`;
  }
}

export function compileTemplate(template: string): (context: PolicyContext, message: Message) => Promise<string> {
  let parsed: Template[];
  try {
    parsed = engine.parse(template);
  } catch {
    // Told at its place by `checkTemplate`; a document with mistakes does not run.
    parsed = [];
  }
  return async (context, message) => {
    const data = { body: await bodyData(message), context: contextData(context) };
    try {
      return String(await engine.render(parsed, data));
    } catch (cause) {
      if (!(cause instanceof LiquidError)) throw cause;
      throw new PolicyError('LiquidTemplateFailure', `The Liquid template failed: ${cause.message}`, { cause });
    }
  };
}

/** JSON and XML bodies as data, by their Content-Type; any other as text. */
async function bodyData(message: Message): Promise<unknown> {
  const { headers } = message;
  const text = await textOfBody(message);
  if (text === undefined || text.trim() === '') return '';
  const type = headers.get('Content-Type')?.[0] ?? '';
  try {
    if (/[/+]json\b/i.test(type)) return JSON.parse(text);
    if (/[/+]xml\b/i.test(type)) return xmlData(parseXml(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof XmlError)) throw cause;
    throw new PolicyError('LiquidTemplateFailure', `The body is not what its Content-Type says: ${cause.message}`, {
      cause,
    });
  }
  return text;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Elements by name, without prefixes; the root is `body` itself and also a member of it. */
function xmlData(root: XmlElement): unknown {
  const data = elementData(root);
  return typeof data === 'object' && data !== null
    ? { [localName(root.name)]: data, ...data }
    : { [localName(root.name)]: data };
}

function elementData({ attributes, children }: XmlElement): unknown {
  const elements = children.filter((child) => typeof child !== 'string');
  const text = children.filter((child) => typeof child === 'string').join('');
  if (elements.length === 0 && attributes.length === 0) return text;
  // Without a prototype: an element may have any name.
  const data: Record<string, unknown> = Object.create(null);
  for (const [name, value] of attributes) data[localName(name)] = value;
  for (const child of elements) {
    const name = localName(child.name);
    const value = elementData(child);
    const known = data[name];
    data[name] = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value];
  }
  return data;
}

const urlData = (url: Readonly<MutableUrl>): Record<string, unknown> => ({
  Scheme: url.scheme,
  Host: url.host,
  Port: url.port,
  Path: url.path,
  Query: Object.fromEntries(url.query),
  QueryString:
    url.query.length === 0
      ? ''
      : `?${url.query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&')}`,
});

const headersData = (headers: PolicyContext['request']['headers']): Record<string, string> =>
  Object.fromEntries([...headers.entries()].map(([name, values]) => [name, values.join(',')]));

/** `context` as templates see it. */
function contextData(context: PolicyContext): Record<string, unknown> {
  const { request, response, api, operation, product, subscription, lastError, deployment } = context;
  return {
    Request: {
      Method: request.method,
      Url: urlData(request.url),
      OriginalUrl: urlData(request.originalUrl),
      IpAddress: request.ipAddress,
      MatchedParameters: { ...request.matchedParameters },
      Headers: headersData(request.headers),
      HasBody: request.body !== undefined,
    },
    ...(response
      ? {
          Response: {
            StatusCode: response.status,
            StatusReason: response.reason,
            Headers: headersData(response.headers),
          },
        }
      : {}),
    ...(api ? { Api: { Id: api.id, Name: api.displayName, Path: api.path } } : {}),
    ...(operation
      ? {
          Operation: {
            Id: operation.id,
            Name: operation.displayName,
            Method: operation.method,
            UrlTemplate: operation.urlTemplate,
          },
        }
      : {}),
    ...(product ? { Product: { Id: product.id, Name: product.displayName } } : {}),
    ...(subscription ? { Subscription: { Id: subscription.id, Name: subscription.displayName } } : {}),
    ...(lastError
      ? { LastError: { Source: lastError.source, Reason: lastError.reason, Message: lastError.message } }
      : {}),
    Deployment: { Region: deployment.region, ServiceName: deployment.serviceName },
    RequestId: context.requestId,
    Timestamp: context.timestamp.toISOString(),
    Elapsed: context.elapsedMs(),
    Variables: Object.fromEntries([...context.variables].map(([name, value]) => [name, asText(value)])),
  };
}
