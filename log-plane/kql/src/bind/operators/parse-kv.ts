import type { KqlType } from '@vigia/contract';
import { escapeRegex } from '../../operators/escape-regex.ts';
import { call, type Expr, literal } from '../../plan/expression.ts';
import type { Computed } from '../../plan/relation.ts';
import { elements, Syn, textOf } from '../../service/kusto.ts';
import { bindAs, bindConstant } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { kqlType } from '../types.ts';

interface Delimiters {
  readonly pair?: string;
  readonly keyValue?: string;
  readonly open?: string;
  readonly close?: string;
  readonly escape?: string;
  readonly isGreedy: boolean;
  /** Finds a pair: its first group is the key, its second the value. */
  readonly regex?: string;
}

/** The values of named keys in a text, each found by one regular expression; the first of several wins. */
export function bindParseKv(
  context: BindContext,
  node: Kusto.Language.Syntax.ParseKvOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const text = bindAs(context, node.Expression, scope, 'string');
  const delimiters = delimitersOf(context, node, scope);
  let columns: readonly NamedColumn[] = input.columns;
  const added: Computed[] = [];
  for (const key of elements<Kusto.Language.Syntax.NameAndTypeDeclaration>(node.Keys?.Columns)) {
    const name = key.Name?.SimpleName ?? '';
    const type: KqlType = kqlType(key.Name?.ResultType as never) ?? 'string';
    const column = context.newColumn(type);
    added.push({ column, expr: convert(pairValue(text, name, delimiters), type) });
    columns = columns.some((old) => old.name === name)
      ? columns.map((old) => (old.name === name ? { name, column } : old))
      : [...columns, { name, column }];
  }
  return { ...input, relation: { kind: 'extend', input: input.relation, added }, columns };
}

function delimitersOf(context: BindContext, node: Kusto.Language.Syntax.ParseKvOperator, scope: Scope): Delimiters {
  const found = new Map<string, string>();
  let isGreedy = false;
  for (const property of elements<unknown>(node.WithClause?.Properties)) {
    if (!(property instanceof Syn.NamedParameter) || property.Expression === null) continue;
    const name = (property.Name?.SimpleName ?? '').toLowerCase();
    if (name === 'greedy') isGreedy = /true/i.test(textOf(property.Expression));
    else {
      const value = bindConstant(context, property.Expression, scope);
      if (value === undefined) return context.refuse(property, scope, `parse-kv ${name}`);
      found.set(name, String(value.value ?? ''));
    }
  }
  const quote = found.get('quote');
  const optional = <K extends keyof Delimiters>(key: K, value: string | undefined) =>
    value === undefined || value === '' ? {} : { [key]: value };
  return {
    ...optional('pair', found.get('pair_delimiter')),
    ...optional('keyValue', found.get('kv_delimiter')),
    ...optional('open', quote?.slice(0, 1)),
    ...optional('close', quote?.slice(-1)),
    ...optional('escape', found.get('escape')),
    ...optional('regex', found.get('regex')),
    isGreedy,
  };
}

const escaped = escapeRegex;
const NO_WORD = '[^\\p{L}\\p{N}_]';

function pairValue(text: Expr, key: string, delimiters: Delimiters): Expr {
  if (delimiters.regex !== undefined)
    return call('pair value', 'string', text, literal('string', delimiters.regex), literal('string', key));
  const { pair, keyValue, open, close, escape: escapeSign, isGreedy } = delimiters;
  const begin = pair === undefined ? `(?:^|${NO_WORD})` : `(?:^|${escaped(pair)})`;
  const between = keyValue === undefined ? `${NO_WORD}+?` : `\\s*${escaped(keyValue)}\\s*`;
  const plain = plainValue(delimiters, isGreedy);
  const quoted =
    open === undefined || close === undefined
      ? undefined
      : `${escaped(open)}((?:${escapeSign === undefined ? '' : `${escaped(escapeSign)}.|`}[^${escaped(close)}])*)${escaped(close)}`;
  const start = `(?s)${begin}\\s*${escaped(key)}${between}`;
  const found = (pattern: string) =>
    call('regex group', 'string', text, literal('string', pattern), literal('long', 1n));
  if (quoted === undefined || close === undefined) return found(start + plain);
  const inner = found(start + quoted);
  const unescaped =
    escapeSign === undefined
      ? inner
      : call('replace_string', 'string', inner, literal('string', escapeSign + close), literal('string', close));
  const isQuoted = call('matches regex', 'bool', text, literal('string', start + quoted));
  return call('iff', 'string', isQuoted, unescaped, found(start + plain));
}

/** Up to the next pair; greedily: up to the next key. */
function plainValue({ pair, keyValue }: Delimiters, isGreedy: boolean): string {
  if (pair === undefined) return '([\\p{L}\\p{N}_]+)';
  if (!isGreedy || keyValue === undefined) return `(.*?)\\s*(?:${escaped(pair)}|$)`;
  const key = `[^${escaped(pair.slice(0, 1))}${escaped(keyValue.slice(0, 1))}]+`;
  return `(.*?)\\s*(?:${escaped(pair)}\\s*${key}\\s*${escaped(keyValue)}|$)`;
}
