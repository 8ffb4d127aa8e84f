import type { AccountSnapshot, DeploymentSnapshot } from '@vigia/contract';
import { factsOf } from './model.ts';
import { jsonHeaders, type Outcome } from './outcome.ts';
import { Refusal } from './refusal.ts';

const answer = (value: object): Outcome => ({
  kind: 'body',
  status: 200,
  headers: jsonHeaders,
  body: `${JSON.stringify(value, null, 2)}\n`,
});

const idOf = ({ model }: DeploymentSnapshot) => (model.version === '' ? model.name : `${model.name}-${model.version}`);

function modelBody(deployment: DeploymentSnapshot, created: number): object {
  const { kinds } = factsOf(deployment.model);
  return {
    status: 'succeeded',
    capabilities: {
      fine_tune: false,
      inference: true,
      completion: kinds.includes('completion'),
      chat_completion: kinds.includes('chat'),
      embeddings: kinds.includes('embedding'),
    },
    lifecycle_status: 'generally-available',
    id: idOf(deployment),
    created_at: created,
    object: 'model',
  };
}

/** The base models behind the account's deployments, each once. */
export function listModels(account: AccountSnapshot, created: number): Outcome {
  const once = new Map(account.deployments.map((deployment) => [idOf(deployment), deployment]));
  return answer({ data: [...once.values()].map((deployment) => modelBody(deployment, created)), object: 'list' });
}

/** On v1 a model is a deployment, by its name. */
export function listV1Models(account: AccountSnapshot, created: number): Outcome {
  const data = account.deployments.map(({ name }) => ({ id: name, object: 'model', created, owned_by: account.name }));
  return answer({ object: 'list', data });
}

export function getModel(account: AccountSnapshot, name: string, created: number): Outcome {
  const lower = name.toLowerCase();
  const found = account.deployments.find(
    (one) => idOf(one).toLowerCase() === lower || one.name.toLowerCase() === lower,
  );
  if (found === undefined) {
    throw new Refusal({
      status: 404,
      body: JSON.stringify({ error: { code: 'ResourceNotFound', message: `The model ${name} was not found.` } }),
    });
  }
  return answer({ ...modelBody(found, created), ...(found.name.toLowerCase() === lower ? { id: found.name } : {}) });
}

export function listDeployments(account: AccountSnapshot, created: number): Outcome {
  const data = account.deployments.map((deployment) => ({
    scale_settings: { scale_type: deployment.sku.toLowerCase() },
    model: idOf(deployment),
    owner: 'organization-owner',
    id: deployment.name,
    status: 'succeeded',
    created_at: created,
    updated_at: created,
    object: 'deployment',
  }));
  return answer({ data, object: 'list' });
}
