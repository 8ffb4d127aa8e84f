import type { JsonObject, JsonValue } from '@vigia/contract';
import { invalidRequest } from '../refusal.ts';
import { type Extract, extractFrom, labelFor, materialIn } from './given-text.ts';
import { sampleOf } from './pattern-sample.ts';
import type { Random } from './random.ts';
import { stemOf } from './words.ts';

/** What values of a schema are made from. */
export interface Material {
  /** What the user wrote: names, numbers and dates come from here. */
  readonly text: string;
  readonly subject: string;
  readonly random: Random;
  /** Sentences of an answer, one after another; the last one again where they are used up. */
  readonly nextSentence: () => string;
  readonly answer: () => string;
  /** Optional properties: all of them (answers), or those that the text has something for (arguments). */
  readonly optional: 'all' | 'found';
}

/** Deeper than this, optional parts are left out and the shortest alternative is taken. */
const DEEP = 6;
/** A schema that needs more than this has no finite value. */
const TOO_DEEP = 40;

interface Place {
  readonly name: string;
  readonly depth: number;
  readonly root: JsonObject;
  /** Numbers and names that were not used yet. */
  readonly pool: { readonly numbers: string[]; readonly names: string[] };
}

/** A value that satisfies the schema. A keyword that cannot be satisfied is refused by name. */
export function valueFor(schema: JsonObject, material: Material): JsonValue {
  const pool = { numbers: extractFrom(material.text, 'number'), names: extractFrom(material.text, 'name') };
  return valueAt(schema, material, { name: '', depth: 0, root: schema, pool });
}

function valueAt(schema: JsonValue | undefined, material: Material, place: Place): JsonValue {
  if (place.depth > TOO_DEEP) throw unsatisfiable(place.name, 'it refers to itself without an end');
  if (!isObject(schema)) return material.nextSentence();
  const ref = schema['$ref'];
  if (typeof ref === 'string') return valueAt(resolve(ref, place), material, { ...place, depth: place.depth + 1 });
  if ('const' in schema) return schema['const'] ?? null;
  const choices = schema['enum'];
  if (Array.isArray(choices)) return choiceOf(choices, material, place);
  const all = schema['allOf'];
  if (Array.isArray(all)) return valueAt(merged(schema, all, place), material, place);
  const any = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(any)) return valueAt(alternative(any, place), material, { ...place, depth: place.depth + 1 });
  if (schema['not'] !== undefined) throw unsatisfiable(place.name, "the keyword 'not' is not supported");
  switch (typeOf(schema, place)) {
    case 'object':
      return objectFor(schema, material, place);
    case 'array':
      return arrayFor(schema, material, place);
    case 'integer':
      return numberFor(schema, material, { place, isInteger: true });
    case 'number':
      return numberFor(schema, material, { place, isInteger: false });
    case 'boolean':
      return booleanFor(schema, material, place);
    case 'null':
      return null;
    case 'string':
      return textFor(schema, material, place);
    default:
      throw unsatisfiable(place.name, `its type ${JSON.stringify(schema['type'])} is not known`);
  }
}

function typeOf(schema: JsonObject, place: Place): string {
  const type = schema['type'];
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) {
    const names = type.filter((one) => typeof one === 'string');
    if (place.depth > DEEP && names.includes('null')) return 'null';
    return names.find((name) => name !== 'null') ?? 'null';
  }
  if (schema['properties'] !== undefined || schema['required'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  if (schema['minimum'] !== undefined || schema['maximum'] !== undefined) return 'number';
  return 'string';
}

function resolve(ref: string, { root, name }: Place): JsonValue {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) throw unsatisfiable(name, `the reference '${ref}' leads out of the schema`);
  let found: JsonValue | undefined = root;
  for (const step of ref.slice(2).split('/')) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) ? found[key] : Array.isArray(found) ? found[Number(key)] : undefined;
  }
  if (found === undefined) throw unsatisfiable(name, `the reference '${ref}' leads nowhere`);
  return found;
}

/** Parts of `allOf` as one schema: properties and required together, the rest from whoever says it last. */
function merged(schema: JsonObject, parts: readonly JsonValue[], place: Place): JsonObject {
  const { allOf: _, ...own } = schema as JsonObject & { allOf?: JsonValue };
  const whole: Record<string, JsonValue | undefined> = { ...own };
  const properties: Record<string, JsonValue | undefined> = isObject(own['properties']) ? { ...own['properties'] } : {};
  const required = new Set(stringsOf(own['required']));
  for (const part of parts) {
    const ref = isObject(part) ? part['$ref'] : undefined;
    const found = typeof ref === 'string' ? resolve(ref, place) : part;
    if (!isObject(found)) continue;
    const flat = Array.isArray(found['allOf']) ? merged(found, found['allOf'], place) : found;
    Object.assign(whole, flat);
    if (isObject(flat['properties'])) Object.assign(properties, flat['properties']);
    for (const name of stringsOf(flat['required'])) required.add(name);
  }
  return { ...whole, properties, required: [...required] } as JsonObject;
}

/** The first one; deep inside, the one that ends soonest. */
function alternative(choices: readonly JsonValue[], place: Place): JsonValue {
  const rank = (choice: JsonValue) => {
    if (!isObject(choice)) return 3;
    if (choice['type'] === 'null') return 0;
    return choice['$ref'] !== undefined ? 4 : choice['type'] === 'object' || choice['type'] === 'array' ? 2 : 1;
  };
  const usable = choices.filter((choice) => !(isObject(choice) && choice['type'] === 'null'));
  const [first = {}] =
    place.depth > DEEP
      ? [...choices].sort((one, other) => rank(one) - rank(other))
      : usable.length > 0
        ? usable
        : choices;
  return first;
}

function objectFor(schema: JsonObject, material: Material, place: Place): JsonValue {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = new Set(stringsOf(schema['required']));
  const result: Record<string, JsonValue> = {};
  for (const [name, property] of Object.entries(properties)) {
    const isWanted =
      required.has(name) ||
      (place.depth <= DEEP && (material.optional === 'all' || isMentioned(name, property, { material, place })));
    if (isWanted) result[name] = valueAt(property, material, { ...place, name, depth: place.depth + 1 });
  }
  for (const name of required) {
    if (!(name in result)) {
      const other = isObject(schema['additionalProperties']) ? schema['additionalProperties'] : {};
      result[name] = valueAt(other, material, { ...place, name, depth: place.depth + 1 });
    }
  }
  const least = numberOf(schema['minProperties']) ?? 0;
  for (let at = 1; Object.keys(result).length < least; at += 1) {
    const other = isObject(schema['additionalProperties']) ? schema['additionalProperties'] : {};
    result[`item${at}`] = valueAt(other, material, { ...place, name: `item${at}`, depth: place.depth + 1 });
  }
  return result;
}

function arrayFor(schema: JsonObject, material: Material, place: Place): JsonValue {
  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  const least = numberOf(schema['minItems']) ?? 0;
  const most = numberOf(schema['maxItems']) ?? Number.POSITIVE_INFINITY;
  const deep = { ...place, depth: place.depth + 1, name: singular(place.name) };
  const result: JsonValue[] = first.slice(0, most).map((item: JsonValue) => valueAt(item, material, deep));
  const items = schema['items'];
  if (items === false) return result;
  const wanted = Math.min(most, Math.max(least, place.depth > DEEP ? 0 : Math.max(3, first.length)));
  const seen = new Set(result.map((item) => JSON.stringify(item)));
  for (let tries = 0; result.length < wanted && tries < wanted * 8; tries += 1) {
    const item = valueAt(items, material, deep);
    const key = JSON.stringify(item);
    if (seen.has(key) && result.length >= least) continue;
    if (seen.has(key) && schema['uniqueItems'] === true) continue;
    seen.add(key);
    result.push(item);
  }
  if (result.length < least) throw unsatisfiable(place.name, `no ${least} different items could be found`);
  return result;
}

function numberFor(
  schema: JsonObject,
  { text, random }: Material,
  { place, isInteger }: { readonly place: Place; readonly isInteger: boolean },
): number {
  const step = numberOf(schema['multipleOf']) ?? (isInteger ? 1 : undefined);
  const below = numberOf(schema['exclusiveMaximum']);
  const above = numberOf(schema['exclusiveMinimum']);
  const unit = step ?? 0.01;
  const least = Math.max(
    numberOf(schema['minimum']) ?? Number.NEGATIVE_INFINITY,
    above === undefined ? Number.NEGATIVE_INFINITY : above + unit,
  );
  const most = Math.min(
    numberOf(schema['maximum']) ?? Number.POSITIVE_INFINITY,
    below === undefined ? Number.POSITIVE_INFINITY : below - unit,
  );
  if (least > most) throw unsatisfiable(place.name, 'its minimum is above its maximum');
  const fits = (value: number) =>
    value >= least && value <= most && (step === undefined || Math.abs(value / step - Math.round(value / step)) < 1e-9);
  const named = numberNear(text, place.name);
  if (named !== undefined && fits(named)) return named;
  const given =
    numberOf(schema['default']) ?? numberOf(Array.isArray(schema['examples']) ? schema['examples'][0] : undefined);
  const at = given === undefined ? place.pool.numbers.findIndex((one) => fits(Number(one.replaceAll(',', '')))) : -1;
  if (at >= 0) return Number((place.pool.numbers.splice(at, 1)[0] ?? '0').replaceAll(',', ''));
  if (given !== undefined && fits(given)) return given;
  const isShare =
    /confidence|score|probab|ratio|confian/i.test(place.name) && least <= 0.99 && most >= 0.5 && !isInteger;
  const from = Number.isFinite(least) ? least : Math.min(isShare ? 0.5 : 1, most);
  const to = Number.isFinite(most) ? most : Math.max(isShare ? 0.99 : 10, from);
  const drawn = isShare ? 0.6 + random.next() * 0.35 : from + random.next() * (to - from);
  const unitValue = step ?? 0.01;
  const value = Number((Math.round(drawn / unitValue) * unitValue).toPrecision(12));
  if (fits(value)) return value;
  const low = Number((Math.ceil(from / unitValue) * unitValue).toPrecision(12));
  if (fits(low)) return low;
  if (fits(from)) return from;
  throw unsatisfiable(place.name, 'no number lies within its bounds');
}

function numberNear(text: string, name: string): number | undefined {
  const words = wordsOfName(name)
    .filter((word) => word.length > 2)
    .map(literal);
  if (words.length === 0) return undefined;
  const near = new RegExp(
    `(?:${words.join('|')})\\p{L}*[^\\d.\\n]{0,12}(-?\\d+(?:\\.\\d+)?)|(-?\\d+(?:\\.\\d+)?)\\s*(?:${words.join('|')})`,
    'iu',
  ).exec(text.slice(0, 20_000));
  const found = near?.[1] ?? near?.[2];
  return found === undefined ? undefined : Number(found);
}

function booleanFor(schema: JsonObject, { text }: Material, { name }: Place): boolean {
  const words = wordsOfName(name)
    .filter((word) => word.length > 2 && !/^(?:is|has|should|include)$/.test(word))
    .map(literal);
  const isDenied =
    words.length > 0 &&
    new RegExp(`\\b(?:no|not|without|don't|never|não|sem)\\b[^.\\n]{0,30}(?:${words.join('|')})`, 'iu').test(
      text.slice(0, 20_000),
    );
  return isDenied ? false : typeof schema['default'] === 'boolean' ? schema['default'] : true;
}

function choiceOf(choices: readonly JsonValue[], material: Material, { name }: Place): JsonValue {
  const texts = choices.filter((choice) => typeof choice === 'string');
  const [first, ...rest] = texts;
  if (first === undefined) return choices[0] ?? null;
  const unitOf: Readonly<Record<string, RegExp>> = { celsius: /°\s*c\b|celsius/iu, fahrenheit: /°\s*f\b|fahrenheit/iu };
  const byUnit = texts.find((choice) => unitOf[choice.toLowerCase()]?.test(material.text) === true);
  if (byUnit !== undefined) return byUnit;
  const isJudgement = /sentiment|label|class|categor|sentimento|r[óo]tulo/iu.test(name);
  return labelFor(isJudgement ? (materialIn(material.text) ?? material.text) : material.text, [first, ...rest]);
}

const formats: Readonly<Record<string, (random: Random) => string>> = {
  date: (random) => `2024-${two(1 + random.next() * 12)}-${two(1 + random.next() * 28)}`,
  'date-time': (random) =>
    `2024-${two(1 + random.next() * 12)}-${two(1 + random.next() * 28)}T${two(random.next() * 24)}:${two(random.next() * 60)}:00Z`,
  time: (random) => `${two(random.next() * 24)}:${two(random.next() * 60)}:00Z`,
  duration: () => 'P1D',
  email: (random) => `user${Math.floor(random.next() * 1000)}@example.com`,
  hostname: () => 'example.com',
  ipv4: (random) => `192.0.2.${Math.floor(random.next() * 254) + 1}`,
  ipv6: (random) => `2001:db8::${Math.floor(random.next() * 65_535).toString(16)}`,
  uri: () => 'https://example.com/',
  uuid: (random) =>
    'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replaceAll('x', () => Math.floor(random.next() * 16).toString(16)),
};
const two = (value: number) => String(Math.floor(value)).padStart(2, '0');

function textFor(schema: JsonObject, material: Material, place: Place): string {
  const { random } = material;
  const format = schema['format'];
  const pattern = schema['pattern'];
  if (typeof pattern === 'string') return patternText(pattern, material, place);
  if (typeof format === 'string' && formats[format] !== undefined) {
    const kind = ({ email: 'email', uri: 'url', date: 'date' } as const)[format as 'email'];
    const given = kind === undefined ? [] : extractFrom(material.text, kind);
    const usable = format === 'date' ? given.filter((one) => /^\d{4}-\d{2}-\d{2}$/.test(one)) : given;
    return usable[0] ?? formats[format](random);
  }
  const described = String(schema['description'] ?? '');
  const text = guess(place.name, { material, place, described, schema });
  const least = numberOf(schema['minLength']) ?? 0;
  const most = numberOf(schema['maxLength']) ?? Number.POSITIVE_INFINITY;
  let long = text;
  while ([...long].length < least) long = `${long}${long === '' ? '' : ' '}${material.nextSentence() || 'x'}`;
  const letters = [...long];
  return letters.length > most ? letters.slice(0, most).join('') : long;
}

function patternText(pattern: string, { text, random }: Material, { name }: Place): string {
  let test: RegExp;
  try {
    test = new RegExp(pattern, 'u');
  } catch (cause) {
    const refusal = unsatisfiable(name, `its pattern '${pattern}' is not a regular expression`);
    refusal.cause = cause;
    throw refusal;
  }
  const given = text
    .slice(0, 20_000)
    .match(/[^\s,;"“”]+/gu)
    ?.find((word) => test.test(word.replace(/[.?!]$/, '')));
  if (given !== undefined) return given.replace(/[.?!]$/, '');
  const sample = sampleOf(pattern, random);
  if (sample === undefined || !test.test(sample)) {
    throw unsatisfiable(name, `its pattern '${pattern}' is beyond the embedded model`);
  }
  return sample;
}

interface Guess {
  readonly material: Material;
  readonly place: Place;
  readonly described: string;
  readonly schema: JsonObject;
}

const isAbout = (name: string, described: string, pattern: RegExp) =>
  pattern.test(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[_-]/g, ' ')) ||
  (name === '' && pattern.test(described));

/** A text by what its property is called. */
function guess(name: string, { material, place, described, schema }: Guess): string {
  const { text, subject } = material;
  const is = (pattern: RegExp) => isAbout(name, described, pattern);
  const kinds: readonly (readonly [RegExp, Extract])[] = [
    [/\be-?mail/iu, 'email'],
    [/\b(?:url|uri|link|website)\b/iu, 'url'],
    [/\b(?:date|day|when|data|dia|quando)\b/iu, 'date'],
  ];
  for (const [pattern, kind] of kinds) {
    const [found] = is(pattern) ? extractFrom(text, kind) : [];
    if (found !== undefined) return found;
  }
  if (is(/\b(?:date|day|when|quando)\b/iu)) {
    const word =
      /\b(?:today|tomorrow|tonight|yesterday|next \p{L}+|(?:mon|tues|wednes|thurs|fri|satur|sun)day|hoje|amanhã|ontem)(?!\p{L})/iu.exec(
        text,
      )?.[0];
    if (word !== undefined) return word;
  }
  if (is(/\b(?:origin|source|from|de|origem)\b/iu)) return placeAfter(text, 'from|de') ?? takeName(place, subject);
  if (
    is(
      /\b(?:city|cities|location|locations|place|places|town|destination|country|region|address|to|cidade|local|lugar|destino|pa[íi]s)\b/iu,
    )
  ) {
    return placeAfter(text, 'in|at|for|to|of|em|para|no|na|de') ?? takeName(place, subject);
  }
  const given = schema['default'] ?? (Array.isArray(schema['examples']) ? schema['examples'][0] : undefined);
  if (is(/\b(?:query|search|question|keywords?|term|busca|pergunta|termo|consulta)\b/iu)) return subject;
  if (is(/\b(?:expression|formula|equation|express[ãa]o|f[óo]rmula)\b/iu))
    return /[\d(][\d\s.+\-*/^()]*[\d)]/.exec(text)?.[0] ?? subject;
  if (is(/\b(?:text|input|content|message|body|prompt|texto|mensagem|conte[úu]do)\b/iu)) {
    return material.optional === 'found'
      ? (materialIn(text) ?? quotedIn(text) ?? text.trim().slice(0, 2_000))
      : material.answer();
  }
  if (is(/\b(?:symbol|ticker|id|code|number|numero|c[óo]digo)\b/iu)) {
    const code = /\b(?:[A-Z]{2,}[\d-]*|[A-Z]*-?\d[\w-]*)\b/.exec(text)?.[0];
    if (code !== undefined) return code;
  }
  if (
    is(
      /\b(?:answer|response|reply|explanation|reason|reasoning|summary|description|definition|output|result|details?|resposta|explica[çc][ãa]o|resumo|descri[çc][ãa]o|resultado)\b/iu,
    )
  ) {
    return /answer|response|reply|resposta|summary|resumo/iu.test(name) ? material.answer() : material.nextSentence();
  }
  if (is(/\b(?:title|subject|topic|headline|t[íi]tulo|assunto|tema)\b/iu)) return subject;
  if (
    is(
      /\b(?:name|person|people|user|customer|author|participants?|attendees?|recipient|nome|pessoa|usu[áa]rio|cliente|autor)\b/iu,
    )
  ) {
    return quotedIn(text) ?? takeName(place, subject);
  }
  if (is(/\blanguage\b|\bidioma\b|\bl[íi]ngua\b/iu)) return /[ãõç]/u.test(text) ? 'Portuguese' : 'English';
  if (typeof given === 'string') return given;
  return (material.optional === 'found' ? (quotedIn(text) ?? subject) : undefined) ?? material.nextSentence();
}

const quotedIn = (text: string) => /["“'‘]([^"”'’\n]{2,200})["”'’](?!\p{L})/u.exec(text)?.[1];

function placeAfter(text: string, prepositions: string): string | undefined {
  const found = new RegExp(
    `(?<!\\p{L})(?:${prepositions})\\s+(?:the\\s+|a\\s+|o\\s+)?(\\p{Lu}[\\p{L}.'’-]+(?:\\s+(?:d[aeo]s?\\s+)?\\p{Lu}[\\p{L}.'’-]+)*(?:,\\s*\\p{Lu}\\p{L}+)?)`,
    'u',
  ).exec(text);
  return found?.[1]?.replace(/[.?!]$/, '');
}

const takeName = ({ pool }: Place, otherwise: string) => {
  const name = pool.names.shift();
  if (name !== undefined) pool.names.push(name);
  return name ?? otherwise;
};

/** Does the text have something for this optional argument? */
function isMentioned(
  name: string,
  property: JsonValue | undefined,
  { material, place }: { readonly material: Material; readonly place: Place },
): boolean {
  const words = wordsOfName(name);
  const stems = new Set(
    (
      material.text
        .slice(0, 4_000)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? []
    ).map(stemOf),
  );
  if (words.some((word) => word.length > 2 && stems.has(stemOf(word)))) return true;
  if (!isObject(property)) return false;
  const choices = property['enum'];
  if (Array.isArray(choices)) {
    return choices.some((choice) => typeof choice === 'string' && choice.length > 1 && stems.has(stemOf(choice)));
  }
  if (/^(?:city|location|place|destination|to)$/i.test(name))
    return placeAfter(material.text, 'in|at|to|em|para') !== undefined;
  if (/^(?:from|origin)$/i.test(name)) return placeAfter(material.text, 'from|de') !== undefined;
  const isNumber = property['type'] === 'integer' || property['type'] === 'number';
  return isNumber && place.pool.numbers.length > 0 && numberNear(material.text, name) !== undefined;
}

const wordsOfName = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
const singular = (name: string) => name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
const literal = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const stringsOf = (value: JsonValue | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const numberOf = (value: JsonValue | undefined) => (typeof value === 'number' ? value : undefined);
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unsatisfiable = (name: string, why: string) =>
  invalidRequest(
    `Invalid schema: ${name === '' ? 'the schema' : `property '${name}'`} cannot be satisfied, because ${why}.`,
    'response_format',
    'invalid_json_schema',
  );
