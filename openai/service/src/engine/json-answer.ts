import type { JsonObject } from '@vigia/contract';
import type { Language } from './topic.ts';

const known: Readonly<Record<Language, JsonObject>> = {
  en: schemaOf(['topic', 'answer'], 'points'),
  pt: schemaOf(['assunto', 'resposta'], 'pontos'),
};

function schemaOf(texts: readonly string[], list?: string): JsonObject {
  const properties = Object.fromEntries(texts.map((name) => [name, { type: 'string' }]));
  const lists = list === undefined ? {} : { [list]: { type: 'array', items: { type: 'string' }, maxItems: 3 } };
  return {
    type: 'object',
    properties: { ...properties, ...lists },
    required: [...texts, ...(list === undefined ? [] : [list])],
  };
}

const keyList =
  /\b(?:keys?|fields?|propert(?:y|ies)|attributes?|columns?|campos?|chaves?|propriedades?)\b(?:\s+(?:named|called|are|is|of|chamad[oa]s?))?[:\s]+((?:["'`“]?[A-Za-zÀ-ÿ_]\w*["'`”]?(?:\s*\([^)]*\))?(?:\s*,\s*(?:and\s+|e\s+)?|\s+(?:and|e)\s+)?)+)/iu;
const NUMBERS =
  /^(?:age|count|total|number|amount|price|year|quantity|score|rating|idade|total|quantidade|preço|ano|nota)$/iu;
const LISTS = /^(?:items|points|steps|tags|keywords|examples|facts|itens|pontos|passos|exemplos|fatos|palavras)$/iu;
/** Names of properties are short and few; a sentence is not taken for them. */
const MOST = 20;

/** The shape of an object that a prompt asks for in words or by an example; else topic, answer and points. */
export function jsonSchemaIn(instructions: string, language: Language): JsonObject {
  const text = instructions.slice(0, 8_000);
  const shown = /\{[^{}]*"[\w-]+"\s*:[\s\S]{0,4000}?\}/.exec(text)?.[0];
  const shownNames = shown === undefined ? [] : [...shown.matchAll(/"([\w-]+)"\s*:/g)].map((match) => match[1] ?? '');
  const listed = keyList.exec(text)?.[1] ?? '';
  const listedNames = listed
    .split(/\s*,\s*(?:and\s+|e\s+)?|\s+(?:and|e)\s+/u)
    .map((name) => name.replaceAll(/["'`“”]|\s*\([^)]*\)/g, '').trim())
    .filter((name) => /^[\p{L}_]\w*$/u.test(name) && !/^(?:the|a|in|as|for|with|only)$/i.test(name));
  const names = [...new Set(shownNames.length > 0 ? shownNames : listedNames)].slice(0, MOST);
  if (names.length === 0) return known[language];
  const properties = Object.fromEntries(
    names.map((name) => [
      name,
      NUMBERS.test(name)
        ? { type: 'number' }
        : LISTS.test(name)
          ? { type: 'array', items: { type: 'string' } }
          : { type: 'string' },
    ]),
  );
  return { type: 'object', properties, required: names };
}
