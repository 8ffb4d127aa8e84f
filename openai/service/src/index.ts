export type { Authenticate, TokenQuestion, TokenVerdict } from './authenticate.ts';
export { type DeployableModel, deployableModels } from './deployable-models.ts';
export { openApiDocument } from './openapi-document.ts';
export {
  createOpenAiService,
  type OpenAiService,
  type OpenAiServiceOptions,
  type OpenAiServiceStatus,
  type ServiceLogger,
} from './service.ts';
export type { Upstream } from './upstream.ts';
