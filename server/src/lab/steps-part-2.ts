import { isAllowed } from '@vigia/access';
import { chatOperationId, isBuiltIn, operationNamed, subscriptionsFor } from '../cli/chat-api.ts';
import { emptyResultIn } from '../cli/query-extensions.ts';
import { keyHeaderOf, type LabFacts, labGroup, type ServiceFacts } from './lab-facts.ts';
import { countRows, gatewayCallsQuery, tokensQuery, workspaceIdOf } from './lab-rows.ts';
import { done, type Finding, type LabStep, lastOf, missing, quoted } from './lab-step.ts';

const group = `-g ${labGroup}`;
const chatAction = 'Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action';
/** The tiers without a service level agreement. */
const withoutAgreement = new Set(['developer']);

const serviceFlag = ({ service }: ServiceFacts): string => `${group} -n ${service.name}`;

/** For steps whose `needs` say that there is a service with the API. */
function withApi(
  facts: LabFacts,
  check: (service: ServiceFacts, api: NonNullable<ServiceFacts['api']>['api']) => Finding,
): Finding {
  const { service } = facts;
  if (service?.api === undefined)
    return missing({ en: 'There is no such API.', 'pt-BR': 'Não existe a API.' }, importCommand(facts));
  return check(service, service.api.api);
}

const importCommand = ({ client, service }: LabFacts): string =>
  `vigia apim api import ${group}${service ? ` -n ${service.service.name}` : ''} --api-id azure-openai --path openai --specification-url ${client.connection.openai}/openai/openapi.json`;

export const endpointHost = (facts: LabFacts): string => {
  const endpoint = facts.account?.account.properties.endpoint ?? '';
  return URL.canParse(endpoint) ? new URL(endpoint).host : '';
};

/** Whether a document, its comments aside, takes a managed identity's token and sends to an Azure OpenAI endpoint. */
function policyFaults(document: string): readonly string[] {
  const live = document.replace(/<!--[\s\S]*?-->/g, '');
  return ['authentication-managed-identity', 'set-backend-service'].filter(
    (name) => !new RegExp(`<${name}[\\s/>]`).test(live),
  );
}

export const stepsOfPart2: readonly LabStep[] = [
  {
    id: '2.1',
    title: {
      en: 'API Management service, tier Standard',
      'pt-BR': 'Serviço de Gerenciamento de API, camada de preço Standard',
    },
    needs: [],
    check({ service }) {
      if (service === undefined) {
        return missing(
          {
            en: `The resource group ${labGroup} has no API Management service.`,
            'pt-BR': `O grupo de recursos ${labGroup} não tem serviço de Gerenciamento de API.`,
          },
          `vigia apim create ${group} --service-name apim-contoso --sku-name Standard`,
        );
      }
      const sku = service.service.sku?.name ?? '';
      if (sku !== '' && !withoutAgreement.has(sku.toLowerCase())) return done;
      return missing(
        {
          en: `${service.service.name} has the tier ${sku || 'none'}, which has no SLA.`,
          'pt-BR': `${service.service.name} está na camada de preço ${sku || 'nenhuma'}, que não tem SLA.`,
        },
        `vigia apim update ${serviceFlag(service)} --sku-name Standard`,
      );
    },
  },
  {
    id: '2.2',
    title: { en: 'System-assigned managed identity', 'pt-BR': 'Identidade gerenciada atribuída pelo sistema' },
    needs: ['2.1'],
    check({ service }) {
      if (service?.service.identity?.principalId) return done;
      const name = service?.service.name ?? '';
      return missing(
        { en: `${name} has no managed identity.`, 'pt-BR': `${name} não tem identidade gerenciada.` },
        `vigia apim update ${group} -n ${name} --enable-managed-identity`,
      );
    },
  },
  {
    id: '2.3',
    title: {
      en: 'Role Cognitive Services User for that identity',
      'pt-BR': 'Função Usuário dos Serviços Cognitivos para essa identidade (IAM)',
    },
    needs: ['2.2'],
    check({ service, account }) {
      const principalId = service?.service.identity?.principalId ?? '';
      const name = service?.service.name ?? '';
      const accountName = account?.account.name ?? '';
      const assignments = (account?.assignments ?? []).map(({ id, properties }) => ({
        ...properties,
        // The list holds what counts for the account, inherited ones included.
        scope: properties.scope ?? id.replace(/\/providers\/Microsoft\.Authorization\/.*$/i, ''),
        roleDefinitionId: lastOf(properties.roleDefinitionId),
      }));
      if (
        account !== undefined &&
        isAllowed({ principalId, operation: { dataAction: chatAction }, scope: account.account.id, assignments })
      )
        return done;
      return missing(
        {
          en: `The identity of ${name} may not call ${accountName}: it has no role Cognitive Services User there.`,
          'pt-BR': `A identidade de ${name} não pode chamar ${accountName}: falta a função Usuário dos Serviços Cognitivos (Cognitive Services User).`,
        },
        `vigia role assignment create ${group} --assignee ${name} --role "Cognitive Services User" --scope ${accountName}`,
      );
    },
  },
  {
    id: '2.4',
    title: {
      en: 'Keys and endpoint of the OpenAI resource',
      'pt-BR': 'Chaves e ponto de extremidade do recurso OpenAI',
    },
    needs: [],
    async check(facts) {
      const { account } = facts;
      if (account !== undefined && endpointHost(facts) !== '' && (await account.keys()).length === 2) return done;
      return missing(
        {
          en:
            account === undefined
              ? 'There is no Azure OpenAI account.'
              : `${account.account.name} gives no two keys and endpoint.`,
          'pt-BR':
            account === undefined
              ? 'Não há recurso do OpenAI do Azure.'
              : `${account.account.name} não fornece duas chaves e o ponto de extremidade.`,
        },
        account === undefined
          ? `vigia cognitiveservices account create ${group} --name openai-contoso`
          : `vigia rest PATCH ${account.account.id} --body '{"properties":{"disableLocalAuth":false}}'`,
      );
    },
  },
  {
    id: '2.5',
    title: { en: 'Azure OpenAI API imported, once', 'pt-BR': 'API do OpenAI do Azure importada, uma só vez' },
    needs: ['2.1'],
    check(facts) {
      const all = (facts.service?.apis ?? []).filter((each) => operationNamed(each, chatOperationId) !== undefined);
      if (all.length === 1) return done;
      if (all.length === 0) {
        return missing(
          {
            en: `No API has the operation ${chatOperationId}.`,
            'pt-BR': `Nenhuma API tem a operação ${chatOperationId}.`,
          },
          importCommand(facts),
        );
      }
      const kept = facts.service?.api?.api.name;
      const twice = all.find(({ api }) => api.name !== kept)?.api.name ?? '';
      return missing(
        {
          en: `The API is there ${all.length} times (${all.map(({ api }) => api.name).join(', ')}): it was created anew instead of updated.`,
          'pt-BR': `A API existe ${all.length} vezes (${all.map(({ api }) => api.name).join(', ')}): foi criada de novo em vez de atualizada.`,
        },
        `vigia apim api delete ${group} -n ${facts.service?.service.name} --api-id ${quoted(twice)}`,
      );
    },
  },
  {
    id: '2.6',
    title: { en: 'Subscription key in the header api-key', 'pt-BR': 'Chave de assinatura no cabeçalho api-key' },
    needs: ['2.5'],
    check: (facts) =>
      withApi(facts, (service, api) =>
        keyHeaderOf(api).toLowerCase() === 'api-key'
          ? done
          : missing(
              {
                en: `The API ${api.name} takes its key from the header ${keyHeaderOf(api)}.`,
                'pt-BR': `A API ${api.name} espera a chave de assinatura no cabeçalho ${keyHeaderOf(api)}.`,
              },
              `vigia apim api update ${serviceFlag(service)} --api-id ${quoted(api.name)} --subscription-key-header-name api-key`,
            ),
      ),
  },
  {
    id: '2.7',
    title: { en: 'Product linked to the API', 'pt-BR': 'Produto vinculado à API' },
    needs: ['2.5'],
    check: (facts) =>
      withApi(facts, (service, api) => {
        if (service.products.some(({ apis }) => apis.some((name) => name.toLowerCase() === api.name.toLowerCase())))
          return done;
        const known = service.products.find(({ product }) => product.name.toLowerCase() === 'openai');
        const id = known?.product.name ?? 'openai';
        const link = `vigia apim product api add ${serviceFlag(service)} --product-id ${id} --api-id ${quoted(api.name)}`;
        return missing(
          { en: `No product has the API ${api.name}.`, 'pt-BR': `Nenhum produto contém a API ${api.name}.` },
          known
            ? link
            : `vigia apim product create ${serviceFlag(service)} --product-id openai --product-name OpenAI && ${link}`,
        );
      }),
  },
  {
    id: '2.8',
    title: { en: 'Subscription for tests', 'pt-BR': 'Assinatura para testes' },
    needs: ['2.7'],
    check: (facts) =>
      withApi(facts, (service, api) => {
        const products = service.products
          .filter(({ apis }) => apis.includes(api.name))
          .map(({ product }) => product.name);
        if (subscriptionsFor(service.subscriptions, api.name, products).some((each) => !isBuiltIn(each))) return done;
        const scope =
          products[0] === undefined ? `--api-id ${quoted(api.name)}` : `--product-id ${quoted(products[0])}`;
        return missing(
          {
            en: `No active subscription opens the API ${api.name}.`,
            'pt-BR': `Nenhuma assinatura ativa dá acesso à API ${api.name}.`,
          },
          `vigia apim subscription create ${serviceFlag(service)} --sid aoai-test --display-name "AOAI Test" ${scope}`,
        );
      }),
  },
  {
    id: '2.9',
    title: { en: 'Inbound policy for All Operations', 'pt-BR': 'Política de entrada para todas as operações' },
    needs: ['2.5'],
    check: (facts) =>
      withApi(facts, (service, api) => {
        const faults = policyFaults(service.policy ?? '');
        if (faults.length === 0) return done;
        return missing(
          {
            en:
              service.policy === undefined
                ? `The API ${api.name} has no policy.`
                : `The policy of the API ${api.name} lacks ${faults.join(' and ')}.`,
            'pt-BR':
              service.policy === undefined
                ? `A API ${api.name} não tem política de entrada.`
                : `Na política de entrada da API ${api.name} falta ${faults.join(' e ')}.`,
          },
          `vigia apim policy set ${serviceFlag(service)} --api-id ${quoted(api.name)} --file inbound-policy.xml --set Azure_OpenAI_Endpoint=${endpointHost(facts)}`,
        );
      }),
  },
  {
    id: '2.10',
    title: {
      en: 'API diagnostics to Azure Monitor, with bodies',
      'pt-BR': 'Diagnóstico da API no Azure Monitor, com os corpos',
    },
    needs: ['2.5'],
    check: (facts) =>
      withApi(facts, (service, api) => {
        const set = `vigia apim diagnostic set ${serviceFlag(service)} --api-id ${quoted(api.name)}`;
        const { diagnostic } = service;
        if (diagnostic === undefined) {
          return missing(
            {
              en: `The API ${api.name} has no Azure Monitor diagnostic.`,
              'pt-BR': `A API ${api.name} não tem diagnóstico do Azure Monitor.`,
            },
            set,
          );
        }
        const requestBytes = Math.max(
          diagnostic.frontend?.request?.body?.bytes ?? 0,
          diagnostic.backend?.request?.body?.bytes ?? 0,
        );
        if (requestBytes === 0 || (diagnostic.backend?.response?.body?.bytes ?? 0) === 0) {
          return missing(
            {
              en: `The diagnostic of the API ${api.name} logs no request or response bodies.`,
              'pt-BR': `O diagnóstico da API ${api.name} não registra os corpos de requisição e resposta.`,
            },
            set,
          );
        }
        const sending = service.settings.filter(
          ({ properties }) =>
            properties.workspaceId &&
            properties.logs?.some(
              ({ category, categoryGroup, enabled }) =>
                enabled && (category === 'GatewayLogs' || categoryGroup?.toLowerCase() === 'alllogs'),
            ),
        );
        const create = `vigia monitor diagnostic-settings create ${group} --name ${service.settings[0]?.name ?? 'lab'} --resource ${service.service.name} --export-to-resource-specific`;
        if (sending.length === 0) {
          return missing(
            {
              en: `The diagnostic settings of ${service.service.name} do not send GatewayLogs to a workspace.`,
              'pt-BR': `As configurações de diagnóstico de ${service.service.name} não enviam GatewayLogs a um workspace.`,
            },
            create,
          );
        }
        if (sending.some(({ properties }) => properties.logAnalyticsDestinationType === 'Dedicated')) return done;
        return missing(
          {
            en: `The diagnostic settings of ${service.service.name} write to AzureDiagnostics, not to the resource-specific table ApiManagementGatewayLogs.`,
            'pt-BR': `As configurações de diagnóstico de ${service.service.name} gravam em AzureDiagnostics, não na tabela específica do recurso ApiManagementGatewayLogs.`,
          },
          create,
        );
      }),
  },
  {
    id: '2.11',
    title: { en: 'Test call: POST chat completions', 'pt-BR': 'Chamada de teste: POST conclusões de chat' },
    needs: ['2.3', '2.6', '2.8', '2.9', '2.10'],
    check: (facts) =>
      rowsOrMissing(facts, gatewayCallsQuery, {
        en: 'No chat call through the gateway was answered and logged yet.',
        'pt-BR': 'Nenhuma chamada de chat pelo gateway foi respondida e registrada até agora.',
      }),
  },
  {
    id: '2.12',
    title: { en: 'KQL: tokens by IP and model', 'pt-BR': 'Consultas Kusto: tokens por IP e modelo' },
    needs: ['2.11'],
    check: (facts) =>
      rowsOrMissing(facts, tokensQuery, {
        en: 'No logged answer has a body with a model and tokens.',
        'pt-BR': 'Nenhuma resposta registrada tem um corpo com modelo e tokens.',
      }),
  },
  {
    id: '2.13',
    title: { en: 'An empty result explains itself', 'pt-BR': 'Um resultado vazio se explica (intervalo de tempo)' },
    needs: ['2.11'],
    async check(facts) {
      const workspace = workspaceIdOf(facts, facts.service?.settings) ?? '';
      const answer = await facts.client.query(workspace, 'ApiManagementGatewayLogs', {
        timespan: '2001-01-01T00:00:00Z/2001-01-02T00:00:00Z',
      });
      const found = emptyResultIn(answer);
      if (found !== undefined && (found.message !== undefined || found.tables.length > 0)) return done;
      return missing(
        {
          en: 'An empty result does not say over which range it looked.',
          'pt-BR': 'Um resultado vazio não diz em que intervalo de tempo procurou.',
        },
        'vigia query ApiManagementGatewayLogs --timespan 2001-01-01/2001-01-02',
      );
    },
  },
];

async function rowsOrMissing(
  facts: LabFacts,
  query: (serviceId: string) => string,
  what: { en: string; 'pt-BR': string },
): Promise<Finding> {
  const { service } = facts;
  const workspace = workspaceIdOf(facts, service?.settings);
  if (
    service !== undefined &&
    workspace !== undefined &&
    (await countRows(facts.client, workspace, query(service.service.id))) > 0
  )
    return done;
  return missing(what, `vigia test call ${group} --prompt "What does API Management do?"`);
}
