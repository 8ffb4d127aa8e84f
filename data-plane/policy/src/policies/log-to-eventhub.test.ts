import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const loggers = [
  {
    id: 'hub',
    eventHub: 'events',
    connectionString: 'Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=c2VjcmV0',
  },
];
const now = Date.UTC(2026, 0, 14);
const log = (text: string, attributes = '') =>
  `<log-to-eventhub logger-id="hub" ${attributes}>${text}</log-to-eventhub>`;
const common = { loggers, now, send: () => ({ status: 201 }) };

const cases: Record<string, PolicyCase> = {
  'sends its text to the hub of the logger': {
    given: { ...common, policy: log('hello') },
    expect: {
      sent: [{ method: 'POST', url: 'https://ns.servicebus.windows.net/events/messages', body: 'hello' }],
    },
  },
  'signs with the key of the logger, for five minutes': {
    given: { ...common, policy: log('hello') },
    expect: {
      sent: [
        {
          headers: {
            authorization: expect.stringMatching(
              `^SharedAccessSignature sr=https%3A%2F%2Fns\\.servicebus\\.windows\\.net%2Fevents&sig=[^&]+&se=${now / 1000 + 300}&skn=send$`,
            ),
          },
        },
      ],
    },
  },
  'takes its text from an expression': {
    given: { ...common, policy: log('@(context.Api.Id + "!")') },
    expect: { sent: [{ body: 'openai!' }] },
  },
  'sends to a partition': {
    given: { ...common, policy: log('x', 'partition-id="3"') },
    expect: { sent: [{ url: 'https://ns.servicebus.windows.net/events/partitions/3/messages' }] },
  },
  'sends with a key of the partition': {
    given: { ...common, policy: log('x', 'partition-key="@(context.Subscription.Id)"') },
    expect: { sent: [{ headers: { brokerproperties: '{"PartitionKey":"sub-1"}' } }] },
  },
  'cuts at 200 KB': {
    given: { ...common, policy: log('x'.repeat(300_000)) },
    expect: { sent: [{ body: expect.stringMatching(/^x{204800}$/) }] },
  },
  'a hub that does not take the event does not fail the request': {
    given: { ...common, policy: log('x'), send: () => ({ status: 401 }) },
    expect: { last: { status: 200 } },
  },
  'is refused where no logger is configured': {
    given: log('x'),
    mistakes: ["Logger with id 'hub' could not be found."],
  },
  'takes a partition or a key': {
    given: { ...common, policy: log('x', 'partition-id="1" partition-key="a"') },
    mistakes: ['not both'],
  },
};

describe('log-to-eventhub', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
