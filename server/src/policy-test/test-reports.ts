import type { CaseResult, TestFileResult } from './run-test-file.ts';
import { traceText } from './trace-text.ts';

export const isGood = ({ mistakes, cases }: TestFileResult): boolean =>
  mistakes.length === 0 && cases.every(({ isPassed }) => isPassed);

const failureLines = ({ differences, fault }: CaseResult): readonly string[] => [
  ...differences.flatMap(({ path, expected, found }) => [path, `  expected  ${expected}`, `  found     ${found}`]),
  ...(fault === undefined ? [] : [fault]),
];

/** Each case with its outcome, and what differs. `traces`: with the policies that ran. */
export function textReport(results: readonly TestFileResult[], options: { readonly traces: boolean }): string {
  return results.map((result) => fileText(result, options.traces)).join('');
}

function fileText({ file, mistakes, cases, unreached = [], policies }: TestFileResult, withTraces: boolean): string {
  const lines = mistakes.map(({ file: where, line, column, message }) => `  ${where}:${line}:${column} ${message}`);
  for (const one of cases) {
    lines.push(`  ${one.isPassed ? 'passed' : 'FAILED'}  ${one.name}`);
    if (!one.isPassed) lines.push(`    ${file}:${one.line}`, ...failureLines(one).map((line) => `    ${line}`));
    if (!withTraces) continue;
    for (const [nth, trace] of one.traces.entries()) {
      if (one.traces.length > 1) lines.push(`    request ${nth + 1}`);
      lines.push(
        ...traceText(trace)
          .trimEnd()
          .split('\n')
          .map((line) => `    ${line}`),
      );
    }
  }
  if (mistakes.length === 0) {
    lines.push(`  ${policies - unreached.length} of ${policies} policies reached`);
    for (const { section, path, line, column } of unreached)
      lines.push(`    not: ${section}/${path} at ${line}:${column}`);
  }
  return `${file}\n${lines.join('\n')}\n`;
}

/** Without traces, which are long; the form is stable. */
export const jsonReport = (results: readonly TestFileResult[], options: { readonly traces: boolean }): string =>
  `${JSON.stringify(
    {
      passed: results.every(isGood),
      files: results.map(({ cases, ...result }) => ({
        ...result,
        cases: cases.map(({ traces, ...one }) => (options.traces ? { ...one, traces } : one)),
      })),
    },
    undefined,
    2,
  )}\n`;

/** JUnit's XML as CI servers read it: a suite a file; a file that cannot run is an error of its own. */
export function junitReport(results: readonly TestFileResult[]): string {
  const suites = results.map((result) => {
    const { file, cases, mistakes } = result;
    const seconds = cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
    const failed = cases.filter(({ isPassed, fault }) => !isPassed && fault === undefined).length;
    const faults = cases.filter(({ fault }) => fault !== undefined).length + (mistakes.length > 0 ? 1 : 0);
    const counts = `tests="${cases.length + (mistakes.length > 0 ? 1 : 0)}" failures="${failed}" errors="${faults}"`;
    return [
      `  <testsuite name="${escaped(file)}" ${counts} time="${seconds.toFixed(3)}">`,
      ...(mistakes.length === 0
        ? []
        : [
            `    <testcase name="the file" classname="${escaped(file)}" time="0.000">`,
            `      <error message="${escaped(mistakes[0]?.message ?? '')}">${escaped(
              mistakes.map((one) => `${one.file}:${one.line}:${one.column} ${one.message}`).join('\n'),
            )}</error>`,
            '    </testcase>',
          ]),
      ...cases.flatMap((one) => caseXml(file, one)),
      '  </testsuite>',
    ].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map((suite) => `${suite}\n`).join('')}</testsuites>\n`;
}

function caseXml(file: string, one: CaseResult): readonly string[] {
  const { name, line, isPassed, differences, fault, milliseconds } = one;
  const open = `    <testcase name="${escaped(name)}" classname="${escaped(file)}" file="${escaped(file)}" line="${line}" time="${(
    milliseconds / 1000
  ).toFixed(3)}"`;
  if (isPassed) return [`${open} />`];
  const word = fault === undefined ? 'failure' : 'error';
  const [first] = differences;
  const message = fault ?? `${first?.path}: expected ${first?.expected}, found ${first?.found}`;
  const text = failureLines(one).join('\n');
  return [`${open}>`, `      <${word} message="${escaped(message)}">${escaped(text)}</${word}>`, '    </testcase>'];
}

/** Text of an XML document; characters that XML cannot hold become `�`. */
const escaped = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what XML refuses
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;');
