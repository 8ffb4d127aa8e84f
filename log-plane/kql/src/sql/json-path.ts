import { printText } from './print-literal.ts';

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Steps as the engine's paths. Keys with signs go through a JSON pointer, where nothing is a wildcard; indices stay in
 * a `$` path, so that an index never finds a key. Each path is applied to what the one before gives.
 */
export function jsonPaths(steps: readonly (string | bigint)[]): readonly string[] {
  const paths: string[] = [];
  let open = '';
  for (const step of steps) {
    if (typeof step === 'bigint') open += step < 0n ? `[#${step}]` : `[${step}]`;
    else if (PLAIN_KEY.test(step)) open += `.${step}`;
    else if (/^[^"\\*]+$/.test(step) && step !== '') open += `."${step}"`;
    else {
      if (open !== '') paths.push(printText(`$${open}`));
      open = '';
      paths.push(printText(`/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`));
    }
  }
  if (open !== '') paths.push(printText(`$${open}`));
  return paths;
}
