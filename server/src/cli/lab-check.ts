import type { Command } from 'commander';
import { checkLab } from '../lab/check-lab.ts';
import { labReport, labReportJson } from '../lab/lab-report.ts';
import { languageOf } from '../lab/language.ts';
import type { AzureClient } from './azure-client.ts';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

export function addLabCheck(
  parent: Command,
  run: (command: Command, action: (client: AzureClient) => Promise<void>) => Promise<void>,
  io: Io,
): void {
  const command = parent
    .command('check')
    .summary('verify each step of the monitoring lab')
    .description(
      'Verifies each step of the monitoring lab against the running system; says what is missing and the command that does it. Exit code 0 only when all is done.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  vigia lab check\n  vigia lab check --lang pt-BR\n  vigia lab check --format json',
    );
  command.addOption(
    command.createOption('--lang <language>', 'language; default: the locale').choices(['en', 'pt-BR']),
  );
  command.addOption(
    command.createOption('--format <format>', 'form of the list').choices(['text', 'json']).default('text'),
  );
  command.action(() =>
    run(command, async (client) => {
      const { lang, format } = command.opts<{ lang?: string; format: 'text' | 'json' }>();
      const language = languageOf(lang, io.env);
      const results = await checkLab(client);
      io.out(
        format === 'json'
          ? `${JSON.stringify(labReportJson(results, language), undefined, 2)}\n`
          : labReport(results, language),
      );
      const open = results.filter(({ status }) => status === 'missing').map(({ id }) => id);
      if (open.length > 0)
        throw new CommandError(language === 'en' ? `Missing: ${open.join(', ')}` : `Falta: ${open.join(', ')}`);
    }),
  );
}
