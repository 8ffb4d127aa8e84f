import { CommandError, RestError } from './command-error.ts';

interface Envelope {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly target?: unknown;
  readonly details?: unknown;
  readonly innererror?: unknown;
}

/** Any error as what a person should read: one message, then what the envelope says beyond it, indented. */
export function errorText(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (error instanceof RestError) return restErrorText(error);
  if (error instanceof Error) return error.message || error.name;
  return String(error);
}

export function restErrorText({ status, method, url, body }: RestError): string {
  const envelope = envelopeOf(body);
  const call = `(${method} ${new URL(url).pathname}, status ${status})`;
  if (envelope === undefined) {
    const text = typeof body === 'string' ? body.trim() : body === undefined ? '' : JSON.stringify(body);
    return text === '' ? `The request was refused without a reason ${call}.` : `${text}\n${call}`;
  }
  return [...envelopeLines(envelope, ''), call].join('\n');
}

/** ARM, Log Analytics and Azure OpenAI wrap in `error`; the gateway answers `{statusCode, message}`. */
export function envelopeOf(body: unknown): Envelope | undefined {
  if (!isObject(body)) return undefined;
  if (isObject(body['error'])) return body['error'];
  if (typeof body['message'] === 'string')
    return { code: body['code'] ?? body['statusCode'], message: body['message'] };
  return undefined;
}

function envelopeLines({ code, message, target, details, innererror }: Envelope, indent: string): string[] {
  const head = [text(code), text(target)].filter((part) => part !== '').join(' ');
  const lines = [
    `${indent}${head}${head && text(message) ? ': ' : ''}${text(message).replaceAll('\n', `\n${indent}  `)}`,
  ];
  for (const detail of Array.isArray(details) ? details : []) {
    if (isObject(detail)) lines.push(...envelopeLines(detail, `${indent}  `));
  }
  if (isObject(innererror)) lines.push(...envelopeLines(innererror, `${indent}  `));
  return lines;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
