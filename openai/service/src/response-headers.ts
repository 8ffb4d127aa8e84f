/** The headers of Azure's answers, as recorded in 2025 and later. */
export interface HeaderFacts {
  readonly correlationId: string;
  readonly requestId: string;
  readonly regionName: string | undefined;
  readonly deploymentName: string | undefined;
}

const MODEL_SESSION = 'd20260330170902-simulated';

/** On everything, also on what the gateway before the model refuses. */
export const commonHeaders = ({ correlationId, regionName }: HeaderFacts): Record<string, string> => ({
  'apim-request-id': correlationId,
  ...(regionName === undefined ? {} : { 'x-ms-region': regionName }),
  'x-content-type-options': 'nosniff',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains; preload',
});

/** On what the model host answers. */
export const modelHeaders = ({ requestId, deploymentName }: HeaderFacts): Record<string, string> => ({
  'x-request-id': requestId,
  'azureml-model-session': MODEL_SESSION,
  'x-accel-buffering': 'no',
  'x-ms-rai-invoked': 'true',
  ...(deploymentName === undefined ? {} : { 'x-ms-deployment-name': deploymentName }),
  'x-ms-is-spilled-over': 'false',
});

export const modelErrorHeaders = (status: number): Record<string, string> => ({
  'ms-azureml-model-error-reason': 'model_error',
  'ms-azureml-model-error-statuscode': String(status),
});
