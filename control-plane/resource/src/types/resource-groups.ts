import { z } from 'zod';
import type { ResourceDefinition } from '../definition.ts';

export const resourceGroups: ResourceDefinition = {
  type: 'Microsoft.Resources/resourceGroups',
  noun: 'Resource group',
  isExtension: false,
  isTracked: true,
  secrets: [],
  needsIfMatch: false,
  name: { pattern: /^[-\p{L}\p{N}_().]*[-\p{L}\p{N}_()]$/u, maxLength: 90 },
  envelope: ['location', 'tags'],
  requires: ['location'],
  properties: z.object({}),
  readOnly: ['provisioningState'],
  mistakeCode: 'InvalidRequestContent',
  place: { kind: 'folder', folder: 'resourceGroups', file: 'resourceGroupInformation.json' },
  show: () => ({ provisioningState: 'Succeeded' }),
};
