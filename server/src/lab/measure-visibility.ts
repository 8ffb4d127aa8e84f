import { isChatModel } from '../cli/chat-api.ts';
import { CommandError } from '../cli/command-error.ts';
import type { LabFacts } from './lab-facts.ts';
import { chatEventsQuery, countRows, kqlString, workspaceIdOf } from './lab-rows.ts';

const giveUpMs = 10_000;
const pauseMs = 25;

/**
 * Makes one small chat call past the gateway (so that the sums of the gateway's logs stay as they are) and measures
 * until a query counts its row. Milliseconds from the end of the answer; undefined: not within ten seconds.
 */
export async function measureVisibility(facts: LabFacts): Promise<number | undefined> {
  const { account, client } = facts;
  const deployment = account?.deployments.find(({ properties }) => isChatModel(properties.model.name));
  const workspace = workspaceIdOf(facts, account?.settings);
  if (account === undefined || deployment === undefined || workspace === undefined) return undefined;
  const [key] = await account.keys();
  if (key === undefined) return undefined;
  const url = `${client.connection.openai}/openai/deployments/${encodeURIComponent(deployment.name)}/chat/completions?api-version=2024-10-21`;
  const response = await client.send(url, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'vigia lab check' }], max_tokens: 1 }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new CommandError(`The call to ${account.account.name} was answered with ${response.status}: ${text}`);
  const answeredAt = performance.now();
  // Azure OpenAI names each call in this header, and its row has the same name.
  const call = response.headers.get('apim-request-id') ?? '';
  const query = `${chatEventsQuery(account.account.id)}\n| where CorrelationId == ${kqlString(call)}`;
  for (;;) {
    const rows = await countRows(client, workspace, query);
    const passed = performance.now() - answeredAt;
    if (rows > 0) return passed;
    if (passed > giveUpMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
