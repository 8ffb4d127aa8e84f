import type { Command } from 'commander';
import type { AzureClient, QueryAnswer, QueryTable } from './azure-client.ts';
import { CommandError, RestError } from './command-error.ts';
import { readText } from './commands/apim-api.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { workspaceOf } from './find-resource.ts';
import type { Io } from './io.ts';
import { emptyResultIn, refusalIn, sqlIn } from './query-extensions.ts';
import { type ResultFormat, resultFormats } from './result-formats.ts';

export interface QueryFlags {
  readonly file?: string;
  readonly workspace?: string;
  readonly resourceGroup?: string;
  readonly timespan?: string;
  readonly format: ResultFormat;
  readonly explain?: boolean;
}

export function addQuery(
  program: Command,
  run: (command: Command, action: (client: AzureClient) => Promise<void>) => Promise<void>,
  io: Io,
): void {
  const command = program
    .command('query')
    .summary('ask the logs in KQL')
    .description('Runs a KQL query in a Log Analytics workspace.')
    .argument('[kql]', 'the query; - reads standard input')
    .option('-f, --file <file>', 'the query is in a file')
    .option('-w, --workspace <workspace>', 'name, ARM id or customerId; may be left out where the group has one')
    .option('-g, --resource-group <name>', 'resource group of the workspace')
    .option('-t, --timespan <timespan>', 'ISO 8601: PT1H, P7D, or 2026-01-01/2026-01-02; default: all that is kept')
    .option('--explain', 'print the SQL that the query becomes as well')
    .addHelpText(
      'after',
      `
Examples:
  vigia query 'AzureDiagnostics | take 10'
  vigia query --file tokens-by-ip-and-model.kql --timespan P1D
  echo 'print 1+1' | vigia query - --format json`,
    );
  command.addOption(
    command
      .createOption('-o, --format <format>', 'form of the rows')
      .choices(Object.keys(resultFormats))
      .default('table'),
  );
  command.action((kql: string | undefined) =>
    run(command, async (client) =>
      runQuery(client, await queryText(kql, command.opts<QueryFlags>(), io), command.opts<QueryFlags>(), io),
    ),
  );
}

async function queryText(kql: string | undefined, flags: QueryFlags, io: Io): Promise<string> {
  if (kql !== undefined && flags.file !== undefined)
    throw new CommandError('Give the query itself or --file, not both.', 2);
  if (flags.file !== undefined && flags.file !== '-') return readText(flags.file);
  if (kql === '-' || flags.file === '-') return io.stdin();
  if (kql === undefined || kql.trim() === '') {
    throw new CommandError(
      "The query is missing: vigia query 'AzureDiagnostics | take 10', or --file FILE, or - for standard input.",
      2,
    );
  }
  return kql;
}

export async function runQuery(client: AzureClient, kql: string, flags: QueryFlags, io: Io): Promise<void> {
  const workspace = await workspaceOf(client, flags.workspace, flags.resourceGroup);
  let answer: QueryAnswer;
  try {
    answer = await client.query(workspace.properties.customerId, kql, {
      ...(flags.timespan === undefined ? {} : { timespan: flags.timespan }),
      ...(flags.explain ? { prefer: 'include-explain=true' } : {}),
    });
  } catch (error) {
    throw refusedQuery(kql, error);
  }
  if (flags.explain) io.err(`${sqlIn(answer) ?? '-- The query REST gave no SQL.'}\n\n`);
  const [table] = answer.tables;
  if (table === undefined) throw new CommandError('The answer has no table.');
  io.out(resultFormats[flags.format](table, io.columns));
  const partial = answer['error'];
  if (partial !== undefined)
    throw new RestError({ status: 200, method: 'POST', url: client.connection.management, body: { error: partial } });
  if (table.rows.length === 0) io.err(`${emptyResultText(answer, flags)}\n`);
  else if (flags.format === 'table') io.err(`${countText(table)}\n`);
}

const countText = ({ rows }: QueryTable): string => `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;

/** Each mistake with its place, then the corrected query ready to copy. Other refusals stay as they are. */
export function refusedQuery(kql: string, error: unknown): unknown {
  if (!(error instanceof RestError)) return error;
  const refusal = refusalIn(error.body);
  if (refusal === undefined) return error;
  const mistakes = refusal.diagnostics.map((diagnostic) => diagnosticText(kql, diagnostic));
  return new CommandError(
    [...mistakes, ...(refusal.fix === undefined ? [] : [`Corrected query:\n\n${refusal.fix}`])].join('\n\n'),
  );
}

export function emptyResultText(answer: QueryAnswer, flags: Pick<QueryFlags, 'timespan'>): string {
  const found = emptyResultIn(answer);
  const range =
    found?.searchedFrom && found.searchedTo
      ? `from ${found.searchedFrom} to ${found.searchedTo}`
      : flags.timespan
        ? `in the range ${flags.timespan}`
        : 'in all that is kept';
  const newest = (found?.tables ?? []).map(({ name, newest: at }) =>
    at === undefined ? `${name} has no row at all.` : `The newest row of ${name} is of ${at}.`,
  );
  const isBounded = flags.timespan !== undefined;
  return [
    found?.message ?? `No results found ${range}.`,
    ...(found?.message === undefined ? newest : []),
    ...(isBounded
      ? ['To look further back, give a wider --timespan, for instance --timespan P30D, or none for all that is kept.']
      : []),
  ].join('\n');
}
