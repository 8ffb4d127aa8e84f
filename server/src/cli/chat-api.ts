import type { AzureClient, Resource } from './azure-client.ts';

export interface ApiProperties {
  readonly displayName: string;
  readonly path: string;
  readonly subscriptionRequired?: boolean;
  readonly subscriptionKeyParameterNames?: { readonly header?: string; readonly query?: string };
}
export interface OperationProperties {
  readonly method: string;
  readonly urlTemplate: string;
}
export type Api = Resource<ApiProperties>;
export type Operation = Resource<OperationProperties>;

export interface ApiWithOperations {
  readonly api: Api;
  readonly operations: readonly Operation[];
}
export interface SubscriptionProperties {
  readonly scope: string;
  readonly state: string;
}
export interface ModelDeployment {
  readonly model: { readonly name: string; readonly version?: string };
}

/** The operation of the 2023-05-15 document that a chat goes to. */
export const chatOperationId = 'ChatCompletions_Create';

export const apisOf = async (client: AzureClient, service: string): Promise<readonly ApiWithOperations[]> => {
  const apis = await client.list<Api>(`${service}/apis`);
  return Promise.all(
    apis.map(async (api) => ({
      api,
      operations: await client.list<Operation>(`${service}/apis/${encodeURIComponent(api.name)}/operations`),
    })),
  );
};

export const operationNamed = ({ operations }: ApiWithOperations, id: string): Operation | undefined =>
  operations.find(({ name }) => name.toLowerCase() === id.toLowerCase());

/** GPT-3.5 or newer: what chat completions can be asked of. */
export const isChatModel = (name: string): boolean =>
  /^(?:gpt-(?!.*(?:instruct|realtime|audio|image))|o\d|chatgpt)/i.test(name);

/** Active subscriptions whose keys open the API; the built-in one of the whole service last. */
export function subscriptionsFor(
  subscriptions: readonly Resource<SubscriptionProperties>[],
  api: string,
  products: readonly string[],
): readonly Resource<SubscriptionProperties>[] {
  const opens = (scope: string): boolean => {
    const [, kind, id] = /\/(apis|products)(?:\/([^/]+))?\/?$/i.exec(scope) ?? [];
    if (kind === undefined) return /\/service\/[^/]+\/?$/i.test(scope) || scope === '/';
    if (id === undefined) return kind.toLowerCase() === 'apis';
    const among = kind.toLowerCase() === 'apis' ? [api] : products;
    return among.some((each) => each.toLowerCase() === id.toLowerCase());
  };
  return subscriptions
    .filter(({ properties }) => properties.state === 'active' && opens(properties.scope))
    .sort((one, other) => Number(isBuiltIn(one)) - Number(isBuiltIn(other)));
}

export const isBuiltIn = ({ name }: Resource<SubscriptionProperties>): boolean => name === 'master';
