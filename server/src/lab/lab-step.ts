import type { LabFacts } from './lab-facts.ts';

export type Language = 'en' | 'pt-BR';
export type Text = Readonly<Record<Language, string>>;

/** What a check found: nothing to do, or what is missing and the exact command that does it. */
export type Finding = { readonly ok: true } | { readonly ok: false; readonly what: Text; readonly how: string };

export interface LabStep {
  /** As the lab counts them. */
  readonly id: string;
  readonly title: Text;
  /** Steps without which this one cannot be looked at: it then waits for them instead of being named as missing. */
  readonly needs: readonly string[];
  check(facts: LabFacts): Finding | Promise<Finding>;
}

export const done: Finding = { ok: true };

export const missing = (what: Text, how: string): Finding => ({ ok: false, what, how });

/** An argument as a POSIX shell and PowerShell read it alike. */
export const quoted = (text: string): string =>
  /^[\w./:=@,+-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;

export const lastOf = (id: string): string => id.split('/').at(-1) ?? id;
