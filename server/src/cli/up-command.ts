import type { Command } from 'commander';
import { flagOf, hasFlag, type Setting, settingKeys, settings } from '../settings/settings.ts';

/** Only for the help; the flags themselves are read from the table of settings. */
export function addUp(program: Command): void {
  const command = program
    .command('up')
    .summary('start everything and run until it is stopped')
    .description(
      'Starts the gateway, the control plane with the logs, and the embedded Azure OpenAI; runs until Ctrl-C or SIGTERM.',
    )
    .option('--config <file>', 'configuration file (VIGIA_CONFIG)')
    .addHelpText('after', '\nExamples:\n  vigia up\n  vigia up --data ./data --gateway-port 8080');
  for (const key of settingKeys) {
    const setting: Setting = settings[key];
    if (!hasFlag(setting)) continue;
    const value = typeof setting.default === 'boolean' ? '' : ' <value>';
    const shown = setting.default === undefined ? '' : ` (default: ${JSON.stringify(setting.default)})`;
    command.option(`${flagOf(key)}${value}`, `${setting.description}${shown}`);
  }
  // Reached only where global flags stand before the word: they belong behind it.
  command.action(() => command.error("error: write the flags of up behind it, for instance 'vigia up --data ./data'"));
}

/** Loaded late: the whole system hangs on it, and the other commands should start fast. */
export async function runUpCommand(argv: readonly string[]): Promise<number> {
  const { runUp } = await import('../up.ts');
  return runUp(argv);
}
