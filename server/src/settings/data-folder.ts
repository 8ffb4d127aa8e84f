import { resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * Where Vigia keeps its data unless told otherwise: `VIGIA_DATA`, else the user's data folder of the operating system
 * (`~/.local/share/vigia` on Linux).
 */
export function defaultDataFolder(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['VIGIA_DATA'];
  return chosen ? resolve(chosen) : envPaths('vigia', { suffix: '' }).data;
}
