import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { AzureClient } from './azure-client.ts';
import { CommandError } from './command-error.ts';
import { type CommandSpec, Options } from './command-spec.ts';
import { commandGroups, commands } from './commands.ts';
import { type ConnectionFlags, connect } from './connect.ts';
import { errorText } from './error-text.ts';
import { addIdentity } from './identity.ts';
import { type Io, processIo } from './io.ts';
import { addLabCheck } from './lab-check.ts';
import { addPolicyCheck } from './policy-check.ts';
import { addPolicyTest } from './policy-test.ts';
import { type Output, outputs, printResult } from './print-result.ts';
import { addQuery } from './query.ts';
import { selectPath } from './select-path.ts';
import { addStatus } from './status.ts';
import { addTestCall, addTraceCall } from './test-call.ts';
import { addTrust } from './trust.ts';
import { addUp, runUpCommand } from './up-command.ts';

/** The `vigia` command. Returns the exit code: 0 done, 1 failed, 2 used wrongly. */
export async function main(argv: readonly string[], io: Io = processIo()): Promise<number> {
  const isHelp = argv.some((word) => word === '--help' || word === '-h');
  // `up` has the settings' own flags, which commander need not know a second time.
  if (argv[0] === 'up' && !isHelp) return runUpCommand(argv.slice(1));
  try {
    await createProgram(io).parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 || error.code === 'commander.help' ? helpExitCode(argv, error) : 2;
    io.err(`${errorText(error)}\n`);
    return error instanceof CommandError ? error.exitCode : 1;
  }
}

/** `vigia` and `vigia apim` alone print their help, which is not a success: nothing was done. */
const helpExitCode = (argv: readonly string[], error: CommanderError): number =>
  error.code === 'commander.help' && !argv.includes('help') ? 2 : 0;

export function createProgram(io: Io): Command {
  const program = new Command('vigia')
    .description(
      'Watches the use of language models as Azure API Management, Azure OpenAI and Azure Monitor do together.',
    )
    .version(packageVersion(), '-V, --version')
    .option('--data <folder>', 'data folder of the running system (VIGIA_DATA)')
    .option('--management-url <url>', 'address of its management REST (VIGIA_MANAGEMENT_URL)')
    .option('--gateway-url <url>', 'address of its gateway (VIGIA_GATEWAY_URL)')
    .option('--openai-url <url>', 'address of its Azure OpenAI service (VIGIA_OPENAI_URL)')
    .option('--subscription <id>', 'Azure subscription id; default: the only one')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for the options)');
  settle(program, io);

  const run = async (command: Command, action: (client: AzureClient) => Promise<void>): Promise<void> =>
    action(await connect(command.optsWithGlobals<ConnectionFlags>(), io.env));

  addUp(program);
  addStatus(program, io);
  addTrust(program, io);
  addIdentity(program, io);
  addQuery(program, run, io);
  addTestCall(parentOf(program, ['test'], io), run, io);
  addTraceCall(parentOf(program, ['trace'], io), run, io);
  addLabCheck(parentOf(program, ['lab'], io), run, io);
  addPolicyCheck(parentOf(program, ['policy'], io), io);
  addPolicyTest(parentOf(program, ['policy'], io), io);
  for (const spec of commands) addSpec(program, spec, run, io);
  for (const each of everyCommand(program)) settle(each, io);
  return program;
}

function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'),
  );
  return manifest.version;
}

/** Commander must neither end the process nor write past `io`. */
function settle(command: Command, io: Io): void {
  command.exitOverride().configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) });
}

const everyCommand = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(everyCommand)];

function addSpec(
  program: Command,
  spec: CommandSpec,
  run: (command: Command, action: (client: AzureClient) => Promise<void>) => Promise<void>,
  io: Io,
): void {
  const words = spec.name.split(' ');
  const last = words.at(-1) ?? spec.name;
  const command = parentOf(program, words.slice(0, -1), io)
    .command(last)
    .summary(spec.summary)
    .description(spec.summary);
  if (spec.args) command.arguments(spec.args);
  for (const { flags, description, choices, default: value, isRequired } of spec.options ?? []) {
    const option = command.createOption(flags, description);
    if (choices) option.choices(choices);
    if (value !== undefined) option.default(value);
    if (isRequired) option.makeOptionMandatory();
    command.addOption(option);
  }
  command
    .addOption(command.createOption('-o, --output <form>', 'form of the result').choices(outputs).default('json'))
    .option('--query <path>', 'only this part of the result, for instance properties.endpoint or [0].name')
    .addHelpText('after', `\nExamples:\n${spec.examples.map((example) => `  vigia ${example}`).join('\n')}`)
    .action(() =>
      run(command, async (client) => {
        const options = new Options(command.opts());
        const value = await spec.run({ client, args: command.args, options, io });
        const path = options.text('query');
        // A chosen part has none of the columns of the whole.
        if (path === undefined) printResult(io, value, options.required('output') as Output, spec.columns);
        else printResult(io, selectPath(value, path), options.required('output') as Output, undefined);
      }),
    );
}

/** The command of each word, made where it is missing. */
function parentOf(program: Command, words: readonly string[], io: Io): Command {
  return words.reduce<Command>((parent, word, depth) => {
    const known = parent.commands.find((each) => each.name() === word);
    if (known) return known;
    const made = parent.command(word).summary(commandGroups[words.slice(0, depth + 1).join(' ')] ?? '');
    settle(made, io);
    return made;
  }, program);
}
