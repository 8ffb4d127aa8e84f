import type { JsonObject } from '@vigia/contract';
import type { Tool, ToolChoice, Turn } from '../conversation.ts';
import { extractFrom } from './given-text.ts';
import { type Material, valueFor } from './schema-value.ts';
import { englishOf } from './translate.ts';
import { isCommon, stemOf, wordsOf } from './words.ts';

export interface ToolUse {
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
}

/** Verbs that many names begin with: alone they say little. */
const verbs = new Set(
  'get set fetch find search list create make send add update delete run call do check look read lookup retrieve query show tool function api compute calculate'
    .split(' ')
    .map(stemOf),
);
const ENOUGH = 2;
/** Nobody asks for more calls of one tool at a time. */
const MOST = 8;

export interface ToolQuestion {
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly mayCallSeveral: boolean;
  readonly turns: readonly Turn[];
  /** The last user turn. */
  readonly asked: string;
}

/** The tools to call, with arguments from the prompt; none: answer with text. */
export function toolUses(question: ToolQuestion, material: (text: string) => Material): readonly ToolUse[] {
  const { tools, toolChoice, mayCallSeveral, asked } = question;
  if (toolChoice === 'none' || tools.length === 0) return [];
  const use = (tool: Tool, text = asked): ToolUse => ({
    name: tool.name,
    arguments: JSON.stringify(valueFor({ type: 'object', ...tool.parameters } as JsonObject, material(text))),
  });
  if (typeof toolChoice === 'object') {
    const named = tools.find(({ name }) => name === toolChoice.name);
    return named === undefined ? [] : [use(named)];
  }
  const words = meaningOf(asked);
  const ranked = tools
    .map((tool) => ({ tool, weight: weightOf(tool, words, asked) }))
    .sort((one, other) => other.weight - one.weight);
  const [best] = ranked;
  if (best === undefined) return [];
  if (best.weight < ENOUGH) return toolChoice === 'required' ? [use(best.tool)] : [];
  if (!mayCallSeveral) return [use(best.tool)];
  const fitting = ranked.filter(({ weight }) => weight >= Math.max(ENOUGH + 1, best.weight - 1));
  if (fitting.length > 1 && /\b(?:and|also|then|e|também|depois)(?!\p{L})/iu.test(asked)) {
    return fitting.slice(0, MOST).map(({ tool }) => use(tool));
  }
  return perName(best.tool, asked).map((text) => use(best.tool, text));
}

/** Stems of the words, in English too where the small dictionary knows them. */
function meaningOf(text: string): ReadonlySet<string> {
  const stems = new Set<string>();
  for (const word of wordsOf(text.slice(0, 8_000))) {
    if (!isCommon(word, 'en') || verbs.has(stemOf(word))) stems.add(stemOf(word));
    for (const english of englishOf(word)) for (const part of wordsOf(english)) stems.add(stemOf(part));
  }
  return stems;
}

function weightOf(tool: Tool, words: ReadonlySet<string>, asked: string): number {
  if (new RegExp(`(?<![\\w-])${tool.name}(?![\\w-])`, 'i').test(asked.slice(0, 8_000))) return 100;
  let weight = 0;
  const named = new Set(partsOf(tool.name).map(stemOf));
  for (const stem of named) if (words.has(stem)) weight += verbs.has(stem) ? 1 : 2;
  const described = new Set(
    wordsOf(tool.description)
      .filter((word) => word.length > 2 && !isCommon(word, 'en') && !isCommon(word, 'pt'))
      .map(stemOf),
  );
  for (const stem of described) if (words.has(stem) && !named.has(stem)) weight += verbs.has(stem) ? 0.5 : 1;
  const properties = tool.parameters['properties'];
  if (typeof properties === 'object' && properties !== null && !Array.isArray(properties)) {
    for (const part of new Set(Object.keys(properties).flatMap(partsOf).map(stemOf))) {
      if (words.has(part) && !named.has(part) && !described.has(part)) weight += 0.5;
    }
  }
  const isSum =
    /\d\s*[-+*/^×÷]\s*\d/.test(asked) && /calc|math|arithm|evaluat/i.test(`${tool.name} ${tool.description}`);
  return isSum ? weight + ENOUGH : weight;
}

const partsOf = (name: string) =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '');

/** `the weather in Paris and in London`: the request once for each name, where the tool takes one place or name. */
function perName(tool: Tool, asked: string): readonly string[] {
  const properties = tool.parameters['properties'];
  const required = tool.parameters['required'];
  const names = typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
  const takesOne =
    names.filter((name) => /city|location|place|country|symbol|ticker|name|cidade|local|lugar/i.test(name)).length ===
      1 &&
    (!Array.isArray(required) || required.length <= 1);
  const list =
    /(\p{Lu}[\p{L}’'-]+(?:\s\p{Lu}[\p{L}’'-]+)*)((?:\s*,\s*(?:and\s+|e\s+)?(?:in\s+|em\s+)?|\s+(?:and|or|e|ou)\s+(?:in\s+|em\s+)?)\p{Lu}[\p{L}’'-]+(?:\s\p{Lu}[\p{L}’'-]+)*)+/u.exec(
      asked.slice(0, 4_000),
    );
  if (!takesOne || list === null) return [asked];
  const found = extractFrom(` ${list[0]}`, 'name').flatMap((name) => name.split(/\s+e\s+/u));
  return found.length < 2 ? [asked] : found.slice(0, MOST).map((name) => asked.replace(list[0], name));
}
