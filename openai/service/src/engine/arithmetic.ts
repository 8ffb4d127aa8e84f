import type { Language } from './topic.ts';

export interface Sum {
  /** As it was asked, without the words around it. */
  readonly expression: string;
  /** undefined: the expression has none (a division by zero). */
  readonly value: number | undefined;
}

const around =
  /\b(?:what(?:'s| is| does)|how much (?:is|does)|calculate|compute|evaluate|solve|result of|please|equals?|make|the|answer|reply|respond|with|only|just|number|result|quanto(?: é| dá| são)|qual (?:é )?o resultado(?: de)?|calcule|calcular|resolva|some|por favor|responda|apenas|só|somente|com|número|resultado|o|a|de)(?!\p{L})|^(?:hello|hi|olá|oi)\b/giu;
const words: readonly (readonly [RegExp, string])[] = [
  [/\b(?:plus|mais)\b/giu, '+'],
  [/\b(?:minus|menos)\b/giu, '-'],
  [/\b(?:divided by|over|dividido por)\b|÷/giu, '/'],
  [/\b(?:times|multiplied by|vezes|multiplicado por)\b|×|(?<=[\d)])\s*x\s*(?=[\d(])/giu, '*'],
  [/\b(?:to the power of|elevado a)\b|\*\*/giu, '^'],
  [/(?<=\d)\s*(?:%|percent|per cent|por cento)\s*(?:of|de|do|da)\s+/giu, '/100*'],
  [/\b(?:square root of|raiz quadrada de)\s+/giu, '√'],
];

/** The sum that a short text asks for, and nothing else besides; undefined: it asks for something else. */
export function sumIn(text: string, language: Language): Sum | undefined {
  if (text.length > 300 || !/\d/.test(text)) return undefined;
  let sum = text;
  for (const [pattern, sign] of words) sum = sum.replaceAll(pattern, sign);
  sum = sum
    .replaceAll(around, ' ')
    .replaceAll(/[?=!:]|[.,](?=\s|$)/g, ' ')
    .trim();
  if (/\d{4}-\d{1,2}-\d{1,2}/.test(sum) || !/^[\d\s.,+\-*/^()√%]+$/.test(sum)) return undefined;
  if (!/[+*/^√]|[\d)]\s*-|%/.test(sum)) return undefined;
  const tokens = plainNumbers(sum, language).match(/\d+(?:\.\d+)?|[+\-*/^()√%]/g) ?? [];
  const value = evaluate(tokens);
  return value === undefined ? undefined : { expression: sum.replaceAll(/\s+/g, ' '), value: value.result };
}

/** `1.234,5` in Portuguese and `1,234.5` in English are the same number. */
function plainNumbers(text: string, language: Language): string {
  const [thousands, decimal] = language === 'pt' ? ['.', ','] : [',', '.'];
  return text.replaceAll(/\d[\d.,]*/g, (number) =>
    new RegExp(`^\\d{1,3}(?:\\${thousands}\\d{3})+(?:\\${decimal}\\d+)?$`).test(number)
      ? number.replaceAll(thousands, '').replace(decimal, '.')
      : number.replace(',', '.'),
  );
}

/** undefined: no expression. `result` undefined: no number. */
function evaluate(tokens: readonly string[]): { readonly result: number | undefined } | undefined {
  let at = 0;
  const take = (...signs: string[]) => {
    const token = tokens[at];
    if (token === undefined || !signs.includes(token)) return undefined;
    at += 1;
    return token;
  };
  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) {
      value = sign === '+' ? value + product() : value - product();
    }
    return value;
  };
  const product = (): number => {
    let value = power();
    for (let sign = take('*', '/'); sign !== undefined; sign = take('*', '/')) {
      value = sign === '*' ? value * power() : value / power();
    }
    return value;
  };
  const power = (): number => {
    if (take('-') !== undefined) return -power();
    const base = single();
    return take('^') === undefined ? base : base ** power();
  };
  const single = (): number => {
    if (take('√') !== undefined) return Math.sqrt(single());
    if (take('(') !== undefined) {
      const value = sum();
      if (take(')') === undefined) throw new SyntaxError('a bracket is not closed');
      return value;
    }
    const token = tokens[at];
    if (token === undefined || !/^\d/.test(token)) throw new SyntaxError('a number is missing');
    at += 1;
    return take('%') === undefined ? Number(token) : Number(token) / 100;
  };
  try {
    const value = sum();
    if (at < tokens.length) return undefined;
    return { result: Number.isFinite(value) ? Number(value.toPrecision(15)) : undefined };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // not a sum: the text means something else
    throw error;
  }
}
