import type { FunctionEntry } from './entry.ts';

const downTo = (from: number, to: number, step: number): string =>
  Array.from({ length: Math.floor((from - to) / step) + 1 }, (_, index) => `${from - index * step}.0`).join(', ');

/** Below 2: the series of odd double factorials, by Horner. Right to the last digits, all its terms are positive. */
const erfSmall = (x: string): string =>
  `(2 / sqrt(pi()) * ${x} * exp(-${x} * ${x}) * list_reduce([1.0, ${downTo(161, 3, 2)}]::double[], lambda a, k: 1 + 2 * ${x} * ${x} / k * a))`;

/** From 2 on: the continued fraction of erfc, from within. */
const erfcLarge = (x: string): string =>
  `(exp(-${x} * ${x}) / sqrt(pi()) / list_reduce([${x}, ${downTo(120, 1, 1)}]::double[], lambda a, k: ${x} + k / 2 / a))`;

const ofReal = (sql: (x: string) => string): FunctionEntry => ({
  takes: ['real'],
  usesOften: true,
  sql: ({ args: [x = ''] }) => sql(x),
});

export const PROBABILITY: Readonly<Record<string, FunctionEntry>> = {
  erf: ofReal(
    (x) =>
      `case when ${x} is null then null when abs(${x}) < 2 then ${erfSmall(x)} else sign(${x}) * (1 - ${erfcLarge(`abs(${x})`)}) end`,
  ),
  erfc: ofReal(
    (x) =>
      `case when ${x} is null then null when abs(${x}) < 2 then 1 - ${erfSmall(x)} when ${x} > 0 then ${erfcLarge(x)} else 2 - ${erfcLarge(`abs(${x})`)} end`,
  ),
};
