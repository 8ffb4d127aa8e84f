import type { DiagnosticSnapshot, JsonObject, JsonValue, MessageLogging } from '@vigia/contract';
import { list, object, text } from './definition.ts';

const defaultLlmBytes = 32_768;

/** The properties of a diagnostic, with Azure's defaults where something is not given. */
export function diagnosticSnapshot(properties: JsonObject): DiagnosticSnapshot {
  const frontend = object(properties['frontend']);
  const backend = object(properties['backend']);
  const { percentage } = object(properties['sampling']);
  const model = object(properties['largeLanguageModel']);
  const requests = object(model['requests']);
  const responses = object(model['responses']);
  return {
    alwaysLogErrors: properties['alwaysLog'] === 'allErrors',
    samplingPercentage: typeof percentage === 'number' ? percentage : 100,
    verbosity: (text(properties['verbosity']) || 'information') as DiagnosticSnapshot['verbosity'],
    logClientIp: properties['logClientIp'] === true,
    frontendRequest: messageLogging(frontend['request']),
    frontendResponse: messageLogging(frontend['response']),
    backendRequest: messageLogging(backend['request']),
    backendResponse: messageLogging(backend['response']),
    ...(model['logs'] === 'enabled'
      ? {
          largeLanguageModel: {
            requestMessages: requests['messages'] === 'all',
            requestMaxBytes: bytesOr(requests['maxSizeInBytes'], defaultLlmBytes),
            responseMessages: responses['messages'] === 'all',
            responseMaxBytes: bytesOr(responses['maxSizeInBytes'], defaultLlmBytes),
          },
        }
      : {}),
  };
}

function messageLogging(value: JsonValue | undefined): MessageLogging {
  const { headers, body, dataMasking } = object(value);
  const { headers: maskedHeaders, queryParams } = object(dataMasking);
  return {
    headers: list(headers).map(text),
    bodyBytes: bytesOr(object(body)['bytes'], 0),
    maskedHeaders: masks(maskedHeaders),
    maskedQuery: masks(queryParams),
  };
}

const bytesOr = (value: JsonValue | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

const masks = (value: JsonValue | undefined): MessageLogging['maskedHeaders'] =>
  list(value)
    .map(object)
    .map(({ value: name, mode }) => ({ name: text(name), mode: mode === 'Hide' ? 'Hide' : 'Mask' }));
