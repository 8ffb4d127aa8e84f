import { CommandError } from '../command-error.ts';
import type { CommandSpec } from '../command-spec.ts';
import { readText } from './apim-api.ts';

export const restCommands: readonly CommandSpec[] = [
  {
    name: 'rest',
    summary: 'Call the management REST; api-version is added where it is missing.',
    args: '<method> <url>',
    options: [{ flags: '-b, --body <json>', description: 'JSON, @file, or - for standard input' }],
    examples: [
      'rest GET /subscriptions',
      'rest PUT /subscriptions/{subscriptionId}/resourceGroups/rg-test --body \'{"location":"eastus"}\'',
    ],
    async run({ client, args: [method = 'GET', url = '/'], options, io }) {
      const given = options.text('body');
      const text =
        given === undefined
          ? undefined
          : given === '-'
            ? await io.stdin()
            : given.startsWith('@')
              ? readText(given.slice(1))
              : given;
      let body: unknown;
      if (text !== undefined) {
        try {
          body = JSON.parse(text);
        } catch (error) {
          throw new CommandError(`The body is not JSON: ${error instanceof Error ? error.message : error}`, 2);
        }
      }
      // az fills this placeholder too.
      const path = url.replaceAll(/\{subscriptionId\}/gi, client.connection.subscriptionId);
      return client.arm(method.toUpperCase(), path, body);
    },
  },
];
