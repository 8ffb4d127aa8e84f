import { apiManagement } from './providers/api-management.ts';
import { authorization } from './providers/authorization.ts';
import { cognitiveServices } from './providers/cognitive-services.ts';
import { insights } from './providers/insights.ts';
import { operationalInsights } from './providers/operational-insights.ts';
import { resources } from './providers/resources.ts';
import type { Provider } from './rules.ts';

/** Every namespace that is answered here. */
export const providers: readonly Provider[] = [
  resources,
  apiManagement,
  cognitiveServices,
  operationalInsights,
  insights,
  authorization,
];
