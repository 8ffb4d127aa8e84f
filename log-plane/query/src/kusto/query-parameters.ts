import { badRequest } from './kusto-error.ts';

/**
 * `declare query_parameters(name: type = default, …);` at the head of a query, with the values of the request, as `let`
 * statements: each value is printed as a literal of its declared type, so no value can say more than a value. Throws a
 * Problem (400) where a value is missing, has no such type, or belongs to no declared parameter.
 */
export function applyParameters(csl: string, values: Readonly<Record<string, unknown>>): string {
  const head = /^(?:\s|\/\/[^\n]*\n)*declare\s+query_parameters\s*\(/i.exec(csl)?.[0];
  const given = new Map(Object.entries(values));
  if (head === undefined) {
    const [name] = given.keys();
    if (name === undefined) return csl;
    throw badRequest(`The query declares no parameter '${name}'; it begins with declare query_parameters(${name}: …);`);
  }
  const { parts, end } = splitDeclarations(csl, head.length);
  const rest = /^\s*;/.exec(csl.slice(end))?.[0];
  if (rest === undefined) throw badRequest('After declare query_parameters(…) a semicolon is expected.');
  const lets = parts.map((part) => {
    const [, name = '', type = '', fallback] =
      /^\s*([A-Za-z_]\w*)\s*:\s*([A-Za-z]+)\s*(?:=\s*([\s\S]+?)\s*)?$/.exec(part) ?? [];
    if (name === '') throw badRequest(`'${part.trim()}' in declare query_parameters is no declaration name: type.`);
    const value = given.get(name);
    given.delete(name);
    if (value !== undefined && value !== null) return `let ${name} = ${literalOf(name, type, value)};`;
    if (fallback !== undefined) return `let ${name} = ${fallback};`;
    throw badRequest(`The query parameter '${name}' has neither a value in the request nor a default.`);
  });
  const [unknown] = given.keys();
  if (unknown !== undefined) throw badRequest(`The query declares no parameter '${unknown}'.`);
  // The lines of what follows stay what they are, for the places in messages.
  const lines = csl.slice(0, end + rest.length).split('\n').length - 1;
  return `${lets.join(' ')}${'\n'.repeat(lines)}${csl.slice(end + rest.length)}`;
}

/** Declarations between the brackets; strings and inner brackets are not looked into. `end`: behind the closing one. */
function splitDeclarations(text: string, start: number): { readonly parts: readonly string[]; readonly end: number } {
  const parts: string[] = [];
  let depth = 1;
  let from = start;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"' || sign === "'") at = endOfString(text, at);
    else if (sign === '(' || sign === '[' || sign === '{') depth += 1;
    else if (sign === ')' || sign === ']' || sign === '}') depth -= 1;
    if (depth === 0) return { parts: [...parts, text.slice(from, at)], end: at + 1 };
    if (sign === ',' && depth === 1) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  throw badRequest('declare query_parameters( has no closing bracket.');
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === text[start]) return at;
  }
  return text.length;
}

const date = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
const span = /^-?(?:\d+(?:\.\d+)?\s*(?:d|h|m|s|ms|microsecond|tick)|(?:\d+\.)?\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?)$/;

/** What a text may be for a type, and how it stands in KQL. Texts may also come as literals: `datetime(2026-01-01)`. */
const types: Readonly<Record<string, { readonly accepts: RegExp; readonly print: (text: string) => string }>> = {
  bool: { accepts: /^(?:true|false|0|1)$/i, print: (text) => `bool(${text.toLowerCase()})` },
  int: { accepts: /^-?\d{1,10}$/, print: (text) => `int(${text})` },
  long: { accepts: /^-?\d{1,19}$/, print: (text) => `long(${text})` },
  real: { accepts: /^(?:-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?|nan|[+-]inf)$/i, print: (text) => `real(${text})` },
  decimal: { accepts: /^-?\d+(?:\.\d+)?$/, print: (text) => `decimal(${text})` },
  datetime: { accepts: date, print: (text) => `datetime(${text})` },
  timespan: { accepts: span, print: (text) => `timespan(${text})` },
  guid: { accepts: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, print: (text) => `guid(${text})` },
};
const synonyms: Readonly<Record<string, string>> = {
  boolean: 'bool',
  double: 'real',
  date: 'datetime',
  time: 'timespan',
};

function literalOf(name: string, declared: string, value: unknown): string {
  const type = synonyms[declared.toLowerCase()] ?? declared.toLowerCase();
  if (type === 'string') return stringLiteral(typeof value === 'string' ? value : JSON.stringify(value));
  if (type === 'dynamic') return `dynamic(${dynamicText(name, value)})`;
  const rule = types[type];
  if (rule === undefined)
    throw badRequest(`The query parameter '${name}' has the type '${declared}', which does not exist.`);
  const text = String(value).trim();
  // `long(5)`, `datetime("2026-01-01")`, also by a synonym of the type.
  const wrapped = /^([A-Za-z]+)\(\s*(["']?)([^"'()]*)\2\s*\)$/.exec(text);
  const isOfType =
    wrapped !== null && (synonyms[String(wrapped[1]).toLowerCase()] ?? String(wrapped[1]).toLowerCase()) === type;
  const bare = isOfType ? String(wrapped?.[3]) : text;
  if (!rule.accepts.test(bare))
    throw badRequest(
      `The query parameter '${name}' is ${JSON.stringify(value)}; expected a value of the type ${type}.`,
    );
  return rule.print(bare);
}

function dynamicText(name: string, value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const inner = /^dynamic\(([\s\S]*)\)$/.exec(value.trim())?.[1] ?? value;
  try {
    return JSON.stringify(JSON.parse(inner));
  } catch {
    throw badRequest(`The query parameter '${name}' is no JSON; expected a value of the type dynamic.`);
  }
}

/** As KQL reads it back: quotes, backslashes and control characters escaped. */
const stringLiteral = (text: string): string =>
  `"${text.replace(/["\\\p{Cc}\u2028\u2029]/gu, (sign) =>
    sign === '"' || sign === '\\' ? `\\${sign}` : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}"`;
