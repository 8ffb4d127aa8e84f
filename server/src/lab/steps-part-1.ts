import { isChatModel } from '../cli/chat-api.ts';
import { type LabFacts, labGroup, type SettingProperties } from './lab-facts.ts';
import { chatEventsQuery, countRows, recentDiagnosticsQuery, workspaceIdOf } from './lab-rows.ts';
import { done, type Finding, type LabStep, missing } from './lab-step.ts';
import { measureVisibility } from './measure-visibility.ts';

const wanted = ['Audit', 'RequestResponse', 'Trace'] as const;

/** Categories that one setting with a workspace sends; `allLogs` and `audit` stand for their members. */
function sent({ logs, metrics, workspaceId }: SettingProperties): ReadonlySet<string> {
  if (!workspaceId) return new Set();
  const names = (logs ?? [])
    .filter(({ enabled }) => enabled)
    .flatMap(({ category, categoryGroup }) => {
      if (categoryGroup?.toLowerCase() === 'alllogs') return [...wanted];
      if (categoryGroup?.toLowerCase() === 'audit') return ['Audit'];
      return category ? [category] : [];
    });
  return new Set([...names, ...(metrics ?? []).filter(({ enabled }) => enabled).map(({ category }) => category)]);
}

const noAccount = missing(
  {
    en: `The resource group ${labGroup} has no Azure OpenAI account.`,
    'pt-BR': `O grupo de recursos ${labGroup} não tem nenhum recurso do OpenAI do Azure.`,
  },
  `vigia group create --name ${labGroup} && vigia cognitiveservices account create -g ${labGroup} --name openai-contoso`,
);

function settingsOn({ account, workspaces }: LabFacts): Finding {
  if (account === undefined) return noAccount;
  const { name } = account.account;
  if (workspaces.length === 0 && !account.settings.some(({ properties }) => properties.workspaceId)) {
    return missing(
      {
        en: 'There is no Log Analytics workspace to send logs to.',
        'pt-BR': 'Não há workspace do Log Analytics para receber os logs.',
      },
      `vigia monitor log-analytics workspace create -g ${labGroup} --workspace-name law-contoso`,
    );
  }
  const on = new Set(account.settings.flatMap(({ properties }) => [...sent(properties)]));
  const off = [...wanted, 'AllMetrics'].filter((category) => !on.has(category));
  if (off.length === 0) return done;
  const [setting] = account.settings;
  const [workspace] = workspaces;
  const choice = workspaces.length > 1 && workspace ? ` --workspace ${workspace.name}` : '';
  return missing(
    {
      en: `The diagnostic settings of ${name} do not send: ${off.join(', ')}.`,
      'pt-BR': `As configurações de diagnóstico de ${name} não enviam: ${off.join(', ')}.`,
    },
    `vigia monitor diagnostic-settings create -g ${labGroup} --name ${setting?.name ?? 'lab'} --resource ${name}${choice}`,
  );
}

/** A call straight to the account, past the gateway: what the playground does. */
function directCall({ account, client }: LabFacts, question: string): string {
  const deployment =
    account?.deployments.find(({ properties }) => isChatModel(properties.model.name))?.name ?? 'gpt-35-turbo';
  const name = account?.account.name ?? 'ACCOUNT';
  const system = 'You are an AI teacher who helps people learn about AI.';
  const body = JSON.stringify({
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
  });
  return `curl ${client.connection.openai}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21 -H "api-key: $(vigia cognitiveservices account keys list -g ${labGroup} -n ${name} --query key1 -o tsv)" -H "content-type: application/json" -d '${body}'`;
}

async function chatEvents(facts: LabFacts): Promise<number> {
  const { account } = facts;
  const workspace = workspaceIdOf(facts, account?.settings);
  if (account === undefined || workspace === undefined) return 0;
  return countRows(facts.client, workspace, chatEventsQuery(account.account.id));
}

export const stepsOfPart1: readonly LabStep[] = [
  {
    id: '1.1',
    title: {
      en: 'Diagnostic settings on the Azure OpenAI resource',
      'pt-BR': 'Configurações de diagnóstico no recurso do OpenAI do Azure',
    },
    needs: [],
    check: settingsOn,
  },
  {
    id: '1.2',
    title: { en: 'Chat with GPT-3.5 or newer (playground)', 'pt-BR': 'Playground do chat com GPT-3.5 ou mais recente' },
    needs: [],
    async check(facts) {
      const { account } = facts;
      if (account === undefined) return noAccount;
      if (!account.deployments.some(({ properties }) => isChatModel(properties.model.name))) {
        return missing(
          {
            en: `${account.account.name} has no deployment of a chat model.`,
            'pt-BR': `${account.account.name} não tem implantação de um modelo de chat.`,
          },
          `vigia cognitiveservices account deployment create -g ${labGroup} -n ${account.account.name} --deployment-name gpt-35-turbo --model-name gpt-35-turbo --model-version 0613`,
        );
      }
      // Without a setting nothing is logged, and 1.1 says so.
      if (workspaceIdOf(facts, account.settings) === undefined || (await chatEvents(facts)) > 0) return done;
      return missing(
        { en: 'No chat has been logged yet.', 'pt-BR': 'Nenhum chat foi registrado até agora.' },
        directCall(facts, 'What is artificial intelligence?'),
      );
    },
  },
  {
    id: '1.3',
    title: { en: 'More logs through the Chat Completions API', 'pt-BR': 'Mais logs com a API de conclusões de chat' },
    needs: ['1.2'],
    async check(facts) {
      if (workspaceIdOf(facts, facts.account?.settings) === undefined || (await chatEvents(facts)) > 1) return done;
      return missing(
        {
          en: 'Only one chat call has been logged; the lab makes more.',
          'pt-BR': 'Só uma chamada de chat foi registrada; o laboratório faz mais.',
        },
        directCall(facts, 'Which kinds of AI are there?'),
      );
    },
  },
  {
    id: '1.4',
    title: {
      en: 'KQL: the most recent diagnostic events',
      'pt-BR': 'Consultas Kusto: os eventos de diagnóstico mais recentes',
    },
    needs: ['1.1', '1.3'],
    async check(facts) {
      const workspace = workspaceIdOf(facts, facts.account?.settings);
      if (workspace !== undefined && (await countRows(facts.client, workspace, recentDiagnosticsQuery)) > 0)
        return done;
      return missing(
        { en: 'AzureDiagnostics has no row.', 'pt-BR': 'AzureDiagnostics não tem nenhuma linha.' },
        `vigia query "${recentDiagnosticsQuery.replaceAll('\n', ' ')}"`,
      );
    },
  },
  {
    id: '1.5',
    title: {
      en: 'Logs appear in under a second (measured now)',
      'pt-BR': 'Os logs aparecem em menos de um segundo (medido agora)',
    },
    needs: ['1.1', '1.2', '1.3', '2.4'],
    async check(facts) {
      // The best of three: a machine that is busy for a moment is not a fault of the logs.
      let measured: number | undefined;
      for (let attempt = 0; attempt < 3; attempt += 1) {
        measured = await measureVisibility(facts);
        if (measured !== undefined && measured < 1000) return done;
      }
      const shown = measured === undefined ? '> 10 s' : `${Math.round(measured)} ms`;
      return missing(
        {
          en: `A call made now took ${shown} to become a row.`,
          'pt-BR': `Uma chamada feita agora levou ${shown} para virar uma linha.`,
        },
        'vigia status',
      );
    },
  },
];
