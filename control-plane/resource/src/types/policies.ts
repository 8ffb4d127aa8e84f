import { z } from 'zod';
import type { PolicyScopeName, ResourceDefinition } from '../definition.ts';
import { textUpTo } from '../schema-parts.ts';
import { serviceEntity } from './service-entity.ts';

/** `format` says how `value` was written; what is kept is always rawxml. */
const policy = (path: string, scope: PolicyScopeName): ResourceDefinition =>
  serviceEntity(path, {
    noun: 'Policy',
    onlyName: 'policy',
    properties: z.object({ value: z.string().min(1) }),
    readOnly: [],
    policy: { scope, property: 'value' },
    place: { kind: 'file', file: 'policy.xml', property: 'value' },
    show: () => ({ format: 'rawxml' }),
  });

export const policyTypes: readonly ResourceDefinition[] = [
  serviceEntity('policyFragments', {
    noun: 'Policy fragment',
    name: { pattern: /^[^*#&+:<>?]+$/, maxLength: 80 },
    properties: z.object({ description: textUpTo(1000).optional(), value: z.string().min(1).max(32_768) }),
    readOnly: ['provisioningState'],
    policy: { scope: 'fragment', property: 'value' },
    place: {
      kind: 'folder',
      folder: 'policy fragments',
      file: 'policyFragmentInformation.json',
      text: { property: 'value', file: 'policy.xml' },
    },
    show: () => ({ format: 'rawxml' }),
  }),
  policy('policies', 'global'),
  policy('products/policies', 'product'),
  policy('apis/policies', 'api'),
  policy('apis/operations/policies', 'operation'),
];
