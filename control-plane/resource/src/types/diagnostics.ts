import { z } from 'zod';
import { type ResourceDefinition, text } from '../definition.ts';
import { bytes, oneOf } from '../schema-parts.ts';
import { absoluteKey, serviceEntity, serviceKeyOf, shownId, withRelative } from './service-entity.ts';

const masking = z.array(z.object({ value: z.string(), mode: oneOf('Mask', 'Hide') }));
const message = z.object({
  headers: z.array(z.string()).optional(),
  body: z.object({ bytes: bytes.optional() }).optional(),
  dataMasking: z.object({ queryParams: masking.optional(), headers: masking.optional() }).optional(),
});
const side = z.object({ request: message.optional(), response: message.optional() });
const llmMessages = z.object({
  messages: oneOf('all').optional(),
  maxSizeInBytes: z.number().int().min(1).max(262_144).optional(),
});

const diagnostic = (path: string): ResourceDefinition =>
  serviceEntity(path, {
    noun: 'Diagnostic',
    name: { pattern: /^[^*#&+:<>?]+$/, maxLength: 80 },
    properties: z.object({
      loggerId: z.string().min(1),
      alwaysLog: oneOf('allErrors').optional(),
      sampling: z
        .object({ samplingType: oneOf('fixed').optional(), percentage: z.number().min(0).max(100).optional() })
        .optional(),
      verbosity: oneOf('verbose', 'information', 'error').optional(),
      httpCorrelationProtocol: oneOf('None', 'Legacy', 'W3C').optional(),
      operationNameFormat: oneOf('Name', 'Url').optional(),
      metrics: z.boolean().optional(),
      logClientIp: z.boolean().optional(),
      frontend: side.optional(),
      backend: side.optional(),
      largeLanguageModel: z
        .object({
          logs: oneOf('enabled', 'disabled').optional(),
          requests: llmMessages.optional(),
          responses: llmMessages.optional(),
        })
        .optional(),
    }),
    place: { kind: 'folder', folder: 'diagnostics', file: 'diagnosticInformation.json' },
    normalize: (properties, { parent, name }) => withRelative(properties, 'loggerId', `${parent}/diagnostics/${name}`),
    references: (resource) => [
      {
        property: 'loggerId',
        to: absoluteKey(text(resource.properties['loggerId']), resource.key),
        noun: 'Logger',
        onDelete: 'refuse',
      },
    ],
    show: (resource, world) => ({
      loggerId: shownId(text(resource.properties['loggerId']), world.get(serviceKeyOf(resource.key))?.id ?? ''),
    }),
  });

export const diagnosticTypes: readonly ResourceDefinition[] = [
  diagnostic('diagnostics'),
  diagnostic('apis/diagnostics'),
];
