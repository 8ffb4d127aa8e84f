import type { KqlType } from '@vigia/contract';
import { groupCount } from '../../functions/string.ts';
import { escapeRegex } from '../../operators/escape-regex.ts';
import { call, type Expr, literal } from '../../plan/expression.ts';
import type { Computed } from '../../plan/relation.ts';
import { list, Syn, type SyntaxNode } from '../../service/kusto.ts';
import { bindAs } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { kqlType } from '../types.ts';
import { namedParameters } from './parameters.ts';

type ParseKind = 'simple' | 'relaxed' | 'regex';

interface Capture {
  readonly name: string;
  /** Number of its group: patterns of the user may have groups too. */
  readonly group: number;
  readonly type: KqlType;
}

interface ParsePattern {
  readonly regex: string;
  readonly captures: readonly Capture[];
}

/**
 * parse and parse-where: the pattern as one regular expression. `simple` gives nothing at all where one value has not
 * its type, `relaxed` and `regex` only leave that value out.
 */
export function bindParse(
  context: BindContext,
  node: Kusto.Language.Syntax.ParseOperator | Kusto.Language.Syntax.ParseWhereOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const parameters = namedParameters(node);
  const kind = parameters.get('kind') ?? 'simple';
  if (kind !== 'simple' && kind !== 'relaxed' && kind !== 'regex')
    return context.refuse(node, scope, `parse kind=${kind}`);
  const flags = parameters.get('flags') ?? '';
  if (!/^[Uims]*$/.test(flags) || (flags !== '' && kind !== 'regex')) return context.refuse(node, scope, 'parse flags');
  const { regex: plain, captures } = patternOf(context, node, kind, scope);
  const regex = flags === '' ? plain : plain.replace(/^\(\?s\)/, `(?${flags})`);
  const text = bindAs(context, node.Expression, scope, 'string');
  const pattern = literal('string', regex);
  const isWhere = node instanceof Syn.ParseWhereOperator;
  const matched = call('matches regex', 'bool', text, pattern);
  const raw = captures.map(({ group }) => call('regex group', 'string', text, pattern, literal('long', BigInt(group))));
  const values = raw.map((value, index) => convert(value, captures[index]?.type ?? 'string'));
  const isGood = [
    matched,
    ...values.filter((value) => value.type !== 'string').map((value) => call('isnotnull', 'bool', value)),
  ];
  const isAllOrNothing = kind === 'simple' && isGood.length > 1;
  const added = values.map((value): Computed => {
    const empty = literal(value.type, value.type === 'string' ? '' : null);
    const expr = isAllOrNothing ? call('iff', value.type, call('and', 'bool', ...isGood), value, empty) : value;
    return { column: context.newColumn(value.type), expr };
  });
  let columns: readonly NamedColumn[] = input.columns;
  captures.forEach(({ name }, index) => {
    const column = added[index]?.column;
    if (column === undefined) return;
    const isReplaced = columns.some((old) => old.name === name);
    columns = isReplaced
      ? columns.map((old) => (old.name === name ? { name, column } : old))
      : [...columns, { name, column }];
  });
  const below = isWhere
    ? ({ kind: 'filter', input: input.relation, condition: whereCondition(kind, matched, isGood) } as const)
    : input.relation;
  return { ...input, relation: { kind: 'extend', input: below, added }, columns };
}

function whereCondition(kind: ParseKind, matched: Expr, isGood: readonly Expr[]): Expr {
  return kind === 'simple' ? call('and', 'bool', ...isGood) : matched;
}

/** What ends by itself needs no text after it. */
const DIGITS: Partial<Record<KqlType, string>> = {
  int: '[-+]?\\d*',
  long: '[-+]?\\d*',
  real: '[-+]?\\d*\\.?\\d*',
};

/** Text stands for itself (regex: for a pattern), `*` for anything, a name for a capture up to what follows. */
function patternOf(
  context: BindContext,
  node: { readonly Patterns: unknown },
  kind: ParseKind,
  scope: Scope,
): ParsePattern {
  const parts = list<SyntaxNode>(node.Patterns);
  const captures: Capture[] = [];
  let groups = 0;
  let regex = kind === 'regex' || parts[0] instanceof Syn.StarExpression ? '(?s)' : '(?s)^';
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const anything = isLast || kind === 'regex' ? '.*' : '.*?';
    if (part instanceof Syn.StarExpression) regex += isLast ? '' : anything;
    else if (part instanceof Syn.NameAndTypeDeclaration || part instanceof Syn.NameDeclaration) {
      const declaration = part instanceof Syn.NameDeclaration ? part : part.Name;
      const type = part instanceof Syn.NameDeclaration ? 'string' : kqlType(declaration?.ResultType as never);
      groups += 1;
      captures.push({ name: declaration?.SimpleName ?? '', group: groups, type: type ?? 'string' });
      const endsItself = kind === 'regex' || parts[index + 1] instanceof Syn.StarExpression;
      const digits = endsItself ? DIGITS[type ?? 'string'] : undefined;
      if (parts[index + 1] instanceof Syn.StarExpression && digits === undefined)
        return context.refuse(part, scope, 'parse', 'In parse, a value of this type before * is not supported.');
      regex += digits === undefined ? `(${anything})` : `(${digits})`;
    } else {
      const text = bindAs(context, part as never, scope, 'string');
      if (text.kind !== 'literal') return context.refuse(part, scope, 'parse with a computed text');
      if (kind === 'regex') groups += groupCount(String(text.value));
      regex += kind === 'regex' ? `(?:${String(text.value)})` : escapeRegex(String(text.value));
    }
  }
  return { regex, captures };
}
