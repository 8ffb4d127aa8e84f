import type { StepResult } from './check-lab.ts';
import type { Language } from './lab-step.ts';

const words = {
  en: {
    part1: 'Part 1: the Azure OpenAI service',
    part2: 'Part 2: prompts and answers through API Management',
    waits: (ids: string) => `waits for ${ids}`,
    how: 'do',
    allDone: 'Everything is done.',
    open: (count: number) => (count === 1 ? '1 step is missing.' : `${count} steps are missing.`),
  },
  'pt-BR': {
    part1: 'Parte 1: o serviço OpenAI do Azure',
    part2: 'Parte 2: prompts e respostas pelo Gerenciamento de API',
    waits: (ids: string) => `aguarda ${ids}`,
    how: 'faça',
    allDone: 'Tudo pronto.',
    open: (count: number) => (count === 1 ? 'Falta 1 etapa.' : `Faltam ${count} etapas.`),
  },
} as const;

/** The list for a person: a mark for each step, and under it what is missing and the command that does it. */
export function labReport(results: readonly StepResult[], language: Language): string {
  const say = words[language];
  const part = (prefix: string, title: string): string[] => [
    title,
    ...results.filter(({ id }) => id.startsWith(prefix)).flatMap((result) => stepLines(result, language)),
    '',
  ];
  const open = results.filter(({ status }) => status === 'missing').length;
  return [...part('1.', say.part1), ...part('2.', say.part2), open === 0 ? say.allDone : say.open(open), ''].join('\n');
}

function stepLines(result: StepResult, language: Language): string[] {
  const head = `${result.id.padEnd(5)} ${result.title[language]}`;
  switch (result.status) {
    case 'ok':
      return [`  ✓ ${head}`];
    case 'missing':
      return [`  ✗ ${head}`, `          ${result.what[language]}`, `          ${words[language].how}: ${result.how}`];
    case 'waiting':
      return [`  · ${head} (${words[language].waits(result.waitsFor.join(', '))})`];
    default:
      return result satisfies never;
  }
}

/** The same for a program. */
export function labReportJson(results: readonly StepResult[], language: Language): unknown {
  return {
    ok: results.every(({ status }) => status === 'ok'),
    steps: results.map((result) => ({
      ...result,
      title: result.title[language],
      ...(result.status === 'missing' ? { what: result.what[language] } : {}),
    })),
  };
}
