/** Time from the end of an answer to the row being visible to KQL, by public interfaces, on a system of its own. */
import { prepare } from './prepare.mjs';

await prepare({ isQuiet: true });
const { call, callJson, kql, startSystem } = await import('../testing/dist/index.js');

const calls = Number(process.argv[2] ?? 200);
const system = await startSystem({ example: 'lab-done' });
try {
  const group = `${system.addresses.management}/subscriptions/${system.subscriptionId}/resourceGroups/rg-activategenai/providers`;
  const list = async (path) => (await callJson({ url: `${group}/${path}?api-version=2024-05-01` })).value;
  const [workspace] = await list('Microsoft.OperationalInsights/workspaces');
  const [service] = await list('Microsoft.ApiManagement/service');
  const subscriptions = (
    await callJson({ url: `${system.addresses.management}${service.id}/subscriptions?api-version=2024-05-01` })
  ).value;
  const { name } = subscriptions.find((subscription) => subscription.name !== 'master');
  const { primaryKey } = await callJson({
    url: `${system.addresses.management}${service.id}/subscriptions/${name}/listSecrets?api-version=2024-05-01`,
    method: 'POST',
  });
  const workspaceId = workspace.properties.customerId;
  // More calls than a learner's deployment takes in these seconds.
  const [account] = await list('Microsoft.CognitiveServices/accounts');
  await callJson({
    url: `${system.addresses.management}${account.id}/deployments/gpt-35-turbo?api-version=2024-10-01`,
    method: 'PUT',
    json: {
      sku: { name: 'Standard', capacity: 100_000 },
      properties: { model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0613' } },
    },
  });
  const times = [];
  const queries = [];
  for (let index = 0; index < calls; index += 1) {
    const marker = `visible-${index}-end`;
    const { status } = await call({
      url: `${system.addresses.gateway}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': primaryKey },
      body: JSON.stringify({ messages: [{ role: 'user', content: marker }], max_tokens: 20 }),
    });
    if (status !== 200) throw new Error(`the gateway answered ${status}`);
    const answeredAt = performance.now();
    for (;;) {
      const askedAt = performance.now();
      const [row] = await kql(
        system.addresses.management,
        workspaceId,
        `ApiManagementGatewayLogs | where RequestBody has '${marker}' | count`,
      );
      queries.push(performance.now() - askedAt);
      if (Number(row.Count) > 0) break;
      if (performance.now() - answeredAt > 10_000) throw new Error(`no row after 10 s for ${marker}`);
    }
    times.push(performance.now() - answeredAt);
  }
  const at = (values, share) =>
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))].toFixed(1);
  console.log(
    `answer to visible row, ${calls} calls: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms, max ${at(times, 1)} ms`,
  );
  console.log(`of which one query by REST: p50 ${at(queries, 0.5)} ms`);
} finally {
  await system.dispose();
}
