import type { Command } from 'commander';
import type { CheckedDocument } from '../policy-check/check-documents.ts';
import type { DocumentScope } from '../policy-check/service-folder.ts';
import { CommandError } from './command-error.ts';
import { diagnosticText } from './diagnostic-text.ts';
import type { Io } from './io.ts';

interface PolicyCheckFlags {
  readonly format: 'text' | 'json';
  readonly scope?: DocumentScope;
}

export function addPolicyCheck(parent: Command, io: Io): void {
  const command = parent
    .command('check')
    .summary('tell the mistakes of policy documents')
    .description(
      "Checks policy documents as saving them does, without a running system. Of a folder: every *.xml; in APIOps' layout the place says the scope, and named values, fragments, backends and loggers of the folder are known. Elsewhere a root <fragment> is a fragment, anything else a document of an API.",
    )
    .argument('<path>', 'a file, a folder, or - for standard input')
    .addHelpText(
      'after',
      '\nExit code 1 where there are mistakes.\n\nExamples:\n  vigia policy check inbound-policy.xml\n  vigia policy check artifacts --format json\n  vigia policy check - --scope operation < policy.xml',
    );
  command
    .addOption(
      command.createOption('--format <format>', 'form of the mistakes').choices(['text', 'json']).default('text'),
    )
    .addOption(
      command
        .createOption('--scope <scope>', 'scope of the documents, whatever their place says')
        .choices(['global', 'workspace', 'product', 'api', 'operation', 'fragment']),
    )
    .action((path: string) => checkPolicies(path, command.opts<PolicyCheckFlags>(), io));
}

async function checkPolicies(path: string, { format, scope }: PolicyCheckFlags, io: Io): Promise<void> {
  // Loaded late: no other command needs the compiler, and this one needs nothing else.
  const { checkDocuments, policyFilesIn } = await import('../policy-check/check-documents.ts');
  const given = path === '-' ? [{ file: '-', text: await io.stdin() }] : policyFilesIn(path).map((file) => ({ file }));
  if (given.length === 0) throw new CommandError(`There is no policy document (*.xml) in ${path}.`);
  const documents = await checkDocuments(given, scope);
  const told = documents.flatMap(({ mistakes }) => mistakes);
  const errors = told.filter(({ severity }) => severity === 'error').length;
  if (format === 'json') io.out(`${JSON.stringify(jsonOf(documents, errors), undefined, 2)}\n`);
  else for (const document of documents) io.out(textOf(document));
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const warnings = told.length - errors;
  const summary = `${counted(documents.length, 'document')} checked: ${counted(errors, 'mistake')}${
    warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`
  }.`;
  if (errors > 0) throw new CommandError(summary);
  io.err(`${summary}\n`);
}

/** `file:line:column`, as terminals and editors make a link of it, then the line itself and the hint. */
const textOf = ({ file, text, mistakes }: CheckedDocument): string =>
  mistakes.map((mistake) => `${file}:${diagnosticText(text, mistake)}\n`).join('');

const jsonOf = (documents: readonly CheckedDocument[], errors: number): object => ({
  documents: documents.map(({ file, scope }) => ({ file, scope })),
  errors,
  mistakes: documents.flatMap(({ file, mistakes }) => mistakes.map((mistake) => ({ file, ...mistake }))),
});
