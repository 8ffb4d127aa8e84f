import { setTimeout as pause } from 'node:timers/promises';
import { call, callJson, kql, type StartedSystem, startSystem, streamedText } from '@vigia/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lab, labOf } from './lab.ts';

/**
 * Kills processes at random moments under load and holds what clients received against what is in the table: every
 * answer that arrived whole has exactly one row, with its body.
 */
const kills = 20;
const clients = 6;
const victims = ['gateway', 'monitor', 'all', 'azure'] as const;

let system: StartedSystem;
let lab: Lab;

beforeAll(async () => {
  system = await startSystem({ example: 'lab-done' });
  lab = await labOf(system);
  // The load is more than a learner's deployment takes: a refused call would show nothing.
  await callJson({
    url: `${system.addresses.management}${lab.account}/deployments/gpt-35-turbo?api-version=2024-10-01`,
    method: 'PUT',
    json: {
      sku: { name: 'Standard', capacity: 100_000 },
      properties: { model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0613' } },
    },
  });
}, 120_000);
afterAll(async () => {
  await system.dispose();
});

it(`after ${kills} kills under load no answer is lost and none is counted twice`, { timeout: 400_000 }, async () => {
  const answered = new Map<string, string>();
  let asked = 0;
  let isOver = false;

  const client = async (number: number): Promise<void> => {
    while (!isOver) {
      asked += 1;
      const marker = `${number}-${asked}`;
      const isStreamed = asked % 3 === 0;
      try {
        const { status, body } = await call({
          url: `${system.addresses.gateway}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'api-key': lab.subscriptionKey },
          body: JSON.stringify({
            messages: [{ role: 'user', content: `marker <${marker}> What is a token?` }],
            max_tokens: 40,
            ...(isStreamed ? { stream: true } : {}),
          }),
        });
        if (status !== 200) continue;
        const text = isStreamed
          ? streamedText(body)
          : {
              isWhole: true,
              text:
                (JSON.parse(body) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? '',
            };
        if (text.isWhole) answered.set(marker, text.text);
      } catch {
        // Cut by a kill: not received whole, so nothing is promised. Come back gently.
        await pause(20);
      }
    }
  };
  const load = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));

  for (let kill = 0; kill < kills; kill += 1) {
    await pause(150 + Math.random() * 700);
    const victim = victims[kill % victims.length] as (typeof victims)[number];
    if (victim === 'all') {
      await system.killAll();
      await system.start();
    } else {
      const { processes } = await system.status();
      const pid = processes.find(({ name }) => name === victim)?.pid;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await system.waitUntilReady();
    }
  }
  isOver = true;
  await load;
  await system.waitUntilReady();

  const rows = await kql(
    system.addresses.management,
    lab.workspaceId,
    `ApiManagementGatewayLogs
     | extend marker = extract('marker <([0-9-]+)>', 1, RequestBody)
     | where marker != ''
     | project marker, ResponseCode, answer = tostring(parse_json(BackendResponseBody)['choices'][0]['message']['content'])`,
  );
  const byMarker = new Map<string, { answer: unknown; count: number }>();
  for (const { marker, answer } of rows) {
    const seen = byMarker.get(String(marker));
    byMarker.set(String(marker), { answer, count: (seen?.count ?? 0) + 1 });
  }
  const lost = [...answered.keys()].filter((marker) => !byMarker.has(marker));
  const double = [...byMarker].filter(([, { count }]) => count > 1).map(([marker]) => marker);
  const wrong = [...answered].filter(([marker, text]) => byMarker.has(marker) && byMarker.get(marker)?.answer !== text);
  console.log(
    `kill test: ${kills} kills, ${asked} calls, ${answered.size} answers received whole, ${rows.length} rows, ${lost.length} lost, ${double.length} double, ${wrong.length} with another body`,
  );
  expect(answered.size).toBeGreaterThan(kills);
  expect({ lost, double, wrong: wrong.slice(0, 3) }).toEqual({ lost: [], double: [], wrong: [] });
});
