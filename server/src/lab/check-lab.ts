import type { AzureClient } from '../cli/azure-client.ts';
import { readLabFacts } from './lab-facts.ts';
import type { LabStep, Text } from './lab-step.ts';
import { stepsOfPart1 } from './steps-part-1.ts';
import { stepsOfPart2 } from './steps-part-2.ts';

export type StepResult =
  | { readonly id: string; readonly title: Text; readonly status: 'ok' }
  | { readonly id: string; readonly title: Text; readonly status: 'missing'; readonly what: Text; readonly how: string }
  | { readonly id: string; readonly title: Text; readonly status: 'waiting'; readonly waitsFor: readonly string[] };

const validation: Pick<LabStep, 'id' | 'title'> = {
  id: '2.14',
  title: { en: 'Validation of the lab', 'pt-BR': 'Validação do laboratório' },
};

export const labSteps: readonly LabStep[] = [...stepsOfPart1, ...stepsOfPart2];

/**
 * The steps of the lab against the running system; all of them, or those named in `only` with what they need. A step
 * whose own needs are not met waits and is not looked at.
 */
export async function checkLab(client: AzureClient, only?: readonly string[]): Promise<readonly StepResult[]> {
  const facts = await readLabFacts(client);
  const results = new Map<string, StepResult>();
  for (const step of inOrderOfNeeds(labSteps, only)) {
    const { id, title } = step;
    const waitsFor = step.needs.flatMap((need) => {
      const result = results.get(need);
      return result === undefined || result.status === 'ok'
        ? []
        : result.status === 'waiting'
          ? result.waitsFor
          : [need];
    });
    if (waitsFor.length > 0) {
      results.set(id, { id, title, status: 'waiting', waitsFor: [...new Set(waitsFor)] });
      continue;
    }
    const finding = await step.check(facts);
    results.set(
      id,
      finding.ok ? { id, title, status: 'ok' } : { id, title, status: 'missing', what: finding.what, how: finding.how },
    );
  }
  const inOrder = labSteps.flatMap(({ id }) => results.get(id) ?? []);
  const open = inOrder.filter(({ status }) => status === 'missing').map(({ id }) => id);
  return [
    ...inOrder,
    open.length === 0 ? { ...validation, status: 'ok' } : { ...validation, status: 'waiting', waitsFor: open },
  ];
}

/** 1.5 needs 2.4: the order of checking is not the order of reading. */
export function inOrderOfNeeds(steps: readonly LabStep[], only?: readonly string[]): readonly LabStep[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ordered = new Map<string, LabStep>();
  const visit = (step: LabStep, path: readonly string[]): void => {
    if (path.includes(step.id)) throw new Error(`Steps need each other: ${[...path, step.id].join(' → ')}`);
    for (const need of step.needs) {
      const needed = byId.get(need);
      if (needed === undefined) throw new Error(`Step ${step.id} needs ${need}, which does not exist.`);
      visit(needed, [...path, step.id]);
    }
    ordered.set(step.id, step);
  };
  for (const step of steps) if (only === undefined || only.includes(step.id)) visit(step, []);
  return [...ordered.values()];
}
