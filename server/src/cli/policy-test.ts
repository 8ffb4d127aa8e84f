import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { Io } from './io.ts';

interface PolicyTestFlags {
  readonly format: 'text' | 'junit' | 'json';
  readonly outputFile?: string;
  readonly case?: string;
  readonly trace?: boolean;
}

export function addPolicyTest(parent: Command, io: Io): void {
  const command = parent
    .command('test')
    .summary('run the tests beside policy documents')
    .description(
      'Runs tables of cases in YAML (policy.test.yaml beside policy.xml) with the engine of the gateway, without a network: a case gives request, variables, time and what backends answer, and says what must come of it. See docs/policy-test.md.',
    )
    .argument('<path>', 'a file, or a folder with *.test.yaml in it')
    .option('--output-file <file>', 'where the report goes; default: standard output')
    .option('--case <text>', 'only cases whose name holds this text')
    .option('--trace', 'show each policy that ran, and what it changed')
    .addHelpText(
      'after',
      '\nExit code 1 where a case fails.\n\nExamples:\n  vigia policy test docs/policy-tests\n  vigia policy test policy.test.yaml --case "without a key" --trace\n  vigia policy test artifacts --format junit --output-file reports/policies.xml',
    );
  command
    .addOption(
      command
        .createOption('--format <format>', 'form of the report')
        .choices(['text', 'junit', 'json'])
        .default('text'),
    )
    .action((path: string) => testPolicies(path, command.opts<PolicyTestFlags>(), io));
}

async function testPolicies(path: string, flags: PolicyTestFlags, io: Io): Promise<void> {
  // Loaded late: no other command needs the engine.
  const { runPolicyTests, testFilesIn } = await import('../policy-test/run-policy-tests.ts');
  const { isGood, jsonReport, junitReport, textReport } = await import('../policy-test/test-reports.ts');
  const files = testFilesIn(path);
  if (files.length === 0) throw new CommandError(`There is no file of tests (*.test.yaml) in ${path}.`);
  const { case: part, trace = false } = flags;
  const results = await runPolicyTests(files, (name) => part === undefined || name.includes(part));
  const cases = results.flatMap((result) => result.cases);
  const reports = {
    text: () => textReport(results, { traces: trace }),
    json: () => jsonReport(results, { traces: trace }),
    junit: () => junitReport(results),
  };
  const report = reports[flags.format]();
  if (flags.outputFile === undefined) io.out(report);
  else {
    mkdirSync(dirname(flags.outputFile), { recursive: true });
    writeFileSync(flags.outputFile, report);
  }
  const failed = cases.filter(({ isPassed }) => !isPassed).length;
  const unread = results.filter(({ mistakes }) => mistakes.length > 0).length;
  const summary = `${cases.length - failed} passed, ${failed} failed${
    unread === 0 ? '' : `, ${unread} ${unread === 1 ? 'file' : 'files'} with mistakes`
  }`;
  if (!results.every(isGood)) throw new CommandError(summary);
  if (cases.length === 0) throw new CommandError(`No case has '${part}' in its name.`);
  io.err(`${summary}\n`);
}
