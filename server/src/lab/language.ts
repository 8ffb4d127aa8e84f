import type { Language } from './lab-step.ts';

/** From `--lang`, else the locale as POSIX reads it; English where it says nothing of Portuguese. */
export function languageOf(chosen: string | undefined, env: NodeJS.ProcessEnv): Language {
  const locale = chosen ?? [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value) ?? 'en';
  return /^pt(?:[-_.@]|$)/i.test(locale) ? 'pt-BR' : 'en';
}
