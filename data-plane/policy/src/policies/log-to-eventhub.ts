import { createHmac } from 'node:crypto';
import { allSections, definePolicy, expression, literal } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { asText } from '../value-text.ts';

const maxBytes = 204_800;
const timeoutMs = 30_000;
const signatureSeconds = 300;

/** `Endpoint=sb://….servicebus.windows.net/;SharedAccessKeyName=…;SharedAccessKey=…` */
function readConnection(text: string): { readonly origin: string; readonly keyName: string; readonly key: string } {
  const part = (name: string): string => new RegExp(`(?:^|;)\\s*${name}=([^;]*)`, 'i').exec(text)?.[1]?.trim() ?? '';
  const host = /^sb:\/\/([^/]+)/i.exec(part('Endpoint'))?.[1] ?? '';
  return { origin: `https://${host}`, keyName: part('SharedAccessKeyName'), key: part('SharedAccessKey') };
}

function sign(url: string, now: number, { keyName, key }: { readonly keyName: string; readonly key: string }): string {
  const until = Math.floor(now / 1000) + signatureSeconds;
  const resource = encodeURIComponent(url);
  const signature = createHmac('sha256', key).update(`${resource}\n${until}`).digest('base64');
  return `SharedAccessSignature sr=${resource}&sig=${encodeURIComponent(signature)}&se=${until}&skn=${keyName}`;
}

export const logToEventhub = definePolicy({
  name: 'log-to-eventhub',
  sections: allSections,
  scopes: ['global', 'product', 'api', 'operation'],
  attributes: {
    'logger-id': literal('string', { required: true, refersTo: 'logger' }),
    'partition-id': literal('string'),
    'partition-key': expression('string'),
  },
  text: expression('string'),
  check: (element) =>
    element.has('partition-id') && element.has('partition-key')
      ? ["<log-to-eventhub> takes 'partition-id' or 'partition-key', not both."]
      : [],
  difference:
    'Refused where no logger of the type azureEventHub is configured; events go by the REST interface of Event Hubs.',
  compile(element) {
    const id = element.literal('logger-id') ?? '';
    const logger = element.surroundings.loggers.get(id.toLowerCase());
    const connection = readConnection(logger?.connectionString ?? '');
    const partition = element.literal('partition-id');
    const keyOf = element.string('partition-key');
    const hub = `${connection.origin}/${logger?.eventHub ?? ''}`;
    return (context) => {
      const body = Buffer.from(asText(element.text(context))).subarray(0, maxBytes);
      const headers = new HeaderMap([
        ['Authorization', sign(hub, context.services.clock.now(), connection)],
        ['Content-Type', 'application/atom+xml;type=entry;charset=utf-8'],
      ]);
      const key = keyOf?.(context);
      if (key) headers.set('BrokerProperties', [JSON.stringify({ PartitionKey: key })]);
      const url = `${hub}${partition === undefined ? '' : `/partitions/${partition}`}/messages`;
      // Not awaited, as on Azure; whoever takes the work logs what fails of it.
      context.services.detach(
        context.services.send({ method: 'POST', url, headers, body, timeoutMs }).then(({ status }) => {
          if (status >= 400) throw new Error(`The Event Hub of the logger '${id}' answered ${status}.`);
        }),
      );
      return undefined;
    };
  },
});
