import type { KqlType } from '@vigia/contract';
import type { Expr } from '../plan/expression.ts';

/** `any`: as it is. `result`: the type of the call. `common`: the widest type among the arguments marked so. */
export type ArgumentType = KqlType | 'any' | 'result' | 'common';

/** A printed call: SQL text of each argument, with what the binder knows of it. */
export interface PrintedCall {
  readonly args: readonly string[];
  readonly exprs: readonly Expr[];
  readonly type: KqlType;
}

/**
 * A scalar function or operator. A `string` result must never be SQL NULL (missing is `''`); arguments of type string
 * never are. In a template `{0}` is the first argument, `{*}` all, separated by commas, `{1*}` those from the second on.
 */
export interface FunctionEntry {
  readonly takes: readonly ArgumentType[];
  /** The last of `takes` may repeat. */
  readonly isVariadic?: true;
  /** Where Microsoft's engine and analyser disagree, the engine. */
  readonly returns?: KqlType;
  /** The SQL repeats its arguments: those that are more than a column are computed below first. */
  readonly usesOften?: true;
  /** Gives several values (series_stats): a struct of fields `f0`, `f1` … */
  readonly isTuple?: true;
  readonly sql: string | ((printed: PrintedCall) => string);
}

export function fillTemplate(template: string, args: readonly string[]): string {
  return template.replace(/\{(\d*)(\*?)\}/g, (_, index: string, star: string) =>
    star === '*' ? args.slice(Number(index)).join(', ') : (args[Number(index)] ?? 'null'),
  );
}

/** The constant that an argument is, if it is one. */
export function constantOf(printed: PrintedCall, index: number): string | bigint | number | boolean | undefined {
  const expr = printed.exprs[index];
  return expr?.kind === 'literal' && expr.value !== null ? expr.value : undefined;
}
