import type { Language } from './topic.ts';

/** Words that say nothing of a subject, by language; they also tell which language a text is in. */
const common: Readonly<Record<Language | 'other', ReadonlySet<string>>> = {
  en: setOf(
    `a about above after again all also always am an and any are as asked at be because been before being best between
    both but by can could did do does doing down each every few for from further get give given go good has have having
    he hello help her here hers hi him his how i if in into is it its just kind know let like list long make many may me
    mean means might more most much must my need no not now of off on once one only or other our out over own please
    question read reply say see shall she should show so some such tell text than thank thanks that the their them then
    there these they thing things this those three through to too two under until up us use used using very want was way
    we were what when where which while who whom why will with without word words work works would write you your yours
    explain describe answer following bye goodbye hey`,
  ),
  pt: setOf(
    `a agora ai ainda alguma algum além ao aos apenas aquela aquele aquilo as assim até bem boa bom cada com como da das
    de dela dele deles depois dessa desse deste disso do dois dos e ela elas ele eles em entre era essa esse esta estas
    este estes está estão eu explique faz fazer foi foram há isso isto já lhe lista longo mais mas me mesmo meu meus minha
    muita muito muitos na nas nem no nos nossa nosso num numa não né o obrigada obrigado oi olá onde os ou para pela pelas
    pelo pelos pode poderia pois por porque pra qual quais quando quanto que quem quero quê responda se seja sem ser será
    seu seus sim sobre sua suas são só também te tem tenho ter texto tipo toda todas todo todos três tu tudo um uma umas
    uns usar vai você vocês vou à às é diga escreva fale descreva palavra palavras pergunta seguinte dê gostaria tchau adeus valeu`,
  ),
  other: setOf(
    `el la los las una unos del y qué cómo por con es está muy pero hola dónde le les une des est dans pour avec qui quoi
    pourquoi comment bonjour vous je et der die das ist und wie warum ein eine nicht ich mit für auf hallo il che è una
    come perché di della ciao sono`,
  ),
};

function setOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/).filter((word) => word !== ''));
}

/** Lower case, in order. */
export const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}'’_-]*/gu) ?? [];

export const isCommon = (word: string, language: Language) => common[language].has(word);

/** How many words of the text belong to each list. */
export function commonness(words: readonly string[]): Readonly<Record<Language | 'other', number>> {
  const count = (language: Language | 'other') => words.filter((word) => common[language].has(word)).length;
  return { en: count('en'), pt: count('pt'), other: count('other') };
}

/** A word without accents and endings: crude, the same for singular and plural of most words. */
export const stemOf = (word: string) =>
  word
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/(?:ies|oes|aes|es|s)$/, '')
    .slice(0, 7);

/** Stems of the words that carry meaning. */
export const stemsOf = (text: string, language: Language): ReadonlySet<string> =>
  new Set(
    wordsOf(text)
      .filter((word) => word.length > 1 && !common[language].has(word))
      .map(stemOf),
  );

/** Sentences and list lines, trimmed, none empty. */
export const sentencesOf = (text: string): readonly string[] =>
  text
    .split(/(?<=[.!?…])\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');

export const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** `one, two and three`. */
export function enumerate(items: readonly string[], and: string): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${and} ${items.at(-1)}`;
}

/** Puts values into `{name}`; the first letter of `{Name}` becomes a capital. A name without a value is our mistake. */
export function fill(template: string, slots: Readonly<Record<string, string | number>>): string {
  return template.replaceAll(/\{(\p{L}+)\}/gu, (_whole, name: string) => {
    const value = slots[name];
    if (value !== undefined) return String(value);
    const lower = slots[name.slice(0, 1).toLowerCase() + name.slice(1)];
    if (lower === undefined) throw new TypeError(`the phrase “${template}” has no value for ${name}`);
    return upperFirst(String(lower));
  });
}

/** Whole words, at most `limit` characters. */
export function shorten(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), limit / 2))}…`;
}
