import type { KqlType } from '@vigia/contract';
import { L, list } from '../src/service/kusto.ts';
import type { Random } from './random.ts';
import { COLUMNS } from './schema.ts';

interface Column {
  readonly name: string;
  readonly type: KqlType;
}

interface Callable {
  readonly name: string;
  /** Of each parameter the types that may be given; empty: any. */
  readonly parameters: readonly (readonly KqlType[])[];
  readonly returns: string;
}

const TYPES: readonly KqlType[] = [
  'bool',
  'int',
  'long',
  'real',
  'decimal',
  'datetime',
  'timespan',
  'guid',
  'string',
  'dynamic',
];
const isType = (name: string): name is KqlType => (TYPES as readonly string[]).includes(name);

/** What the analyser knows of functions: every name, with each of its signatures. */
function callables(symbols: unknown): readonly Callable[] {
  return list<Kusto.Language.Symbols.FunctionSymbol>(symbols)
    .flatMap((symbol) =>
      list<Kusto.Language.Symbols.Signature>(symbol.Signatures).map((signature) => ({
        name: symbol.Name ?? '',
        parameters: list<Kusto.Language.Symbols.Parameter>(signature.Parameters).map((parameter) =>
          list<{ readonly Name: string | null }>(parameter.DeclaredTypes)
            .map(({ Name }) => Name ?? '')
            .filter(isType),
        ),
        returns: (signature.DeclaredReturnType as { readonly Name?: string } | null)?.Name ?? '',
      })),
    )
    .filter(({ name }) => /^[a-z][a-z0-9_]*$/.test(name));
}

const LITERALS: Readonly<Record<KqlType, readonly string[]>> = {
  bool: ['true', 'false', 'bool(null)'],
  int: ['int(1)', 'int(-3)', 'int(null)', 'int(2147483647)'],
  long: ['0', '1', '7', '-1', '10', '100', 'long(null)', '9223372036854775807', 'long(-9223372036854775808)', '0x1F'],
  real: ['0.0', '1.5', '-2.25', 'real(nan)', 'real(+inf)', '1e300', 'real(null)'],
  decimal: ['decimal(1.5)', 'decimal(0)', 'decimal(-99999999999999999.5)', 'decimal(null)'],
  datetime: [
    'datetime(2024-01-15)',
    'datetime(2024-02-29 23:59:59.9999999)',
    'now()',
    'ago(1h)',
    'datetime(null)',
    'datetime(0001-01-01)',
    'datetime(9999-12-31)',
  ],
  timespan: ['1h', '1d', '7d', '1tick', '-5m', 'time(1.02:03:04)', 'timespan(null)', '0s'],
  guid: ['guid(74be27de-1e4e-49d9-b579-fe0b331d3642)', 'guid(null)', 'new_guid()'],
  string: [
    '""',
    '"abc"',
    "'it''s'",
    '@"\\d+"',
    '"a b c"',
    '"127.0.0.1"',
    '"{\\"a\\":1}"',
    '"2024-01-01"',
    '"%"',
    '"\\u0000x"',
    '"🎉"',
    '"(a)(b)"',
    '","',
  ],
  dynamic: [
    'dynamic(null)',
    'dynamic([1,2,3])',
    'dynamic({"a":1,"b":{"c":[1]}})',
    'dynamic("x")',
    'dynamic([])',
    'dynamic({})',
    'parse_json(s)',
    'dynamic(["a","b"])',
  ],
};

const STRING_OPERATORS =
  '== != =~ !~ has !has has_cs contains !contains contains_cs startswith !startswith endswith hasprefix hassuffix has_any has_all in !in in~ !in~'.split(
    ' ',
  );
const AGGREGATE_COUNT =
  /^(count|countif|dcount|dcountif|sum|sumif|avg|avgif|min|minif|max|maxif|stdev|stdevif|variance|varianceif|percentile|percentiles|make_list|make_set|make_bag|arg_max|arg_min|take_any|take_anyif|make_list_if|make_set_if|binary_all_and|binary_all_or|binary_all_xor|count_distinct|hll|tdigest|covariance|buildschema|make_list_with_nulls)$/;

export interface Grammar {
  query(random: Random): string;
}

/** Queries that the grammar of Kusto allows and that mostly have the right types. */
export function createGrammar(): Grammar {
  const known = L.GlobalState.Default;
  const scalars = callables(known?.Functions);
  const aggregates = callables(known?.Aggregates).filter(({ name }) => AGGREGATE_COUNT.test(name));
  const byType = new Map<string, Callable[]>();
  for (const one of scalars) byType.set(one.returns, [...(byType.get(one.returns) ?? []), one]);

  function expression(random: Random, columns: readonly Column[], type: KqlType, depth: number): string {
    const own = columns.filter((column) => column.type === type);
    if (depth <= 0 || random.chance(0.25)) {
      if (own.length > 0 && random.chance(0.65)) return nameOf(random.pick(own).name);
      return random.pick(LITERALS[type]);
    }
    const operand = (other: KqlType) => expression(random, columns, other, depth - 1);
    const anyType = () => random.pick(TYPES);
    if (random.chance(0.45)) {
      const candidates = [...(byType.get(type) ?? []), ...(random.chance(0.3) ? scalars : [])];
      if (candidates.length > 0) {
        const called = random.pick(candidates);
        const args = called.parameters.map((types) => operand(types.length === 0 ? anyType() : random.pick(types)));
        const text = `${called.name}(${args.join(', ')})`;
        return called.returns === type ? text : `to${type}(${text})`;
      }
    }
    switch (type) {
      case 'bool': {
        const other = anyType();
        const kind = random.whole(6);
        if (kind === 0) return `${operand('bool')} ${random.pick(['and', 'or'])} ${operand('bool')}`;
        if (kind === 1) return `not(${operand('bool')})`;
        if (kind === 2)
          return `${operand(other)} ${random.pick(['==', '!=', '<', '<=', '>', '>=', '<>'])} ${operand(other)}`;
        if (kind === 3) return `${operand(other)} between (${operand(other)} .. ${operand(other)})`;
        if (kind === 4) return `${random.pick(['isnull', 'isnotnull', 'isempty', 'isnotempty'])}(${operand(other)})`;
        const operator = random.pick(STRING_OPERATORS);
        const right =
          /in|any|all/.test(operator) && !/contains|^(has|startswith|endswith)$/.test(operator)
            ? `(${operand('string')}, ${random.pick(LITERALS.string)})`
            : operand('string');
        return `(${operand('string')} ${operator} ${right})`;
      }
      case 'int':
      case 'long':
      case 'real':
      case 'decimal':
        return random.chance(0.7)
          ? `(${operand(type)} ${random.pick(['+', '-', '*', '/', '%'])} ${operand(type)})`
          : `iff(${operand('bool')}, ${operand(type)}, ${operand(type)})`;
      case 'datetime':
        return random.chance(0.5)
          ? `bin(${operand('datetime')}, ${random.pick(['1h', '1d', '5m'])})`
          : `(${operand('datetime')} ${random.pick(['+', '-'])} ${operand('timespan')})`;
      case 'timespan':
        return random.chance(0.5)
          ? `(${operand('datetime')} - ${operand('datetime')})`
          : `(${operand('timespan')} ${random.pick(['+', '-'])} ${operand('timespan')})`;
      case 'string':
        return random.chance(0.4)
          ? `strcat(${operand('string')}, ${operand(anyType())})`
          : `case(${operand('bool')}, ${operand('string')}, ${operand('string')})`;
      case 'guid':
        return `toguid(${operand('string')})`;
      case 'dynamic':
        return random.chance(0.4)
          ? `${random.pick(['d', 'dynamic({"a":[1]})'])}${random.pick(['.a', '["b"]', '[0]', '[-1]', '.b.c', '[i]'])}`
          : `pack_array(${operand(anyType())}, ${operand(anyType())})`;
    }
  }

  const nameOf = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : `['${name.replaceAll("'", "\\'")}']`);

  function aggregate(random: Random, columns: readonly Column[]): string {
    const called = random.pick(aggregates);
    const args = called.parameters.map((types) => {
      if (/percentile/.test(called.name) && types !== called.parameters[0])
        return random.pick(['50', '99', '12.5', '0', '100']);
      return expression(random, columns, types.length === 0 ? random.pick(TYPES) : random.pick(types), 1);
    });
    return `${called.name}(${args.join(', ')})`;
  }

  function pipeline(random: Random, depth: number): { text: string; columns: readonly Column[] } {
    let columns: readonly Column[] = COLUMNS;
    let text = random.chance(0.8)
      ? random.pick(['T', 'U'])
      : `(${random.pick(['T', 'U'])} | where ${expression(random, COLUMNS, 'bool', 1)})`;
    let fresh = 0;
    const name = () => {
      fresh += 1;
      return `x${fresh}_${random.whole(100)}`;
    };
    for (let stages = 1 + random.whole(5); stages > 0; stages--) {
      const type = random.pick(TYPES);
      switch (random.whole(17)) {
        case 0:
        case 1:
          text += ` | where ${expression(random, columns, 'bool', 3)}`;
          break;
        case 2:
        case 3: {
          const added = name();
          text += ` | extend ${added} = ${expression(random, columns, type, 3)}`;
          columns = [...columns, { name: added, type }];
          break;
        }
        case 4: {
          const kept = columns.filter(() => random.chance(0.7));
          if (kept.length === 0) break;
          text += ` | project ${kept.map((column) => nameOf(column.name)).join(', ')}`;
          columns = kept;
          break;
        }
        case 5:
        case 6: {
          const by = random.pick(columns.filter((column) => column.type !== 'dynamic').concat(COLUMNS[1] ?? []));
          if (!columns.includes(by)) break;
          const names = [name(), name()];
          const key = by.type === 'datetime' && random.chance(0.5) ? `bin(${nameOf(by.name)}, 1d)` : nameOf(by.name);
          text += ` | summarize ${names.map((one) => `${one} = ${aggregate(random, columns)}`).join(', ')} by ${nameOf(by.name)} = ${key}`;
          columns = [by];
          break;
        }
        case 7:
          text += ` | ${random.pick(['sort', 'order'])} by ${nameOf(random.pick(columns).name)} ${random.pick(['asc', 'desc', 'asc nulls last', ''])}`;
          break;
        case 8:
          text += ` | ${random.pick(['take', 'limit', 'sample'])} ${random.whole(5)}`;
          break;
        case 9:
          text += ` | top ${1 + random.whole(3)} by ${nameOf(random.pick(columns).name)}`;
          break;
        case 10:
          text += ` | distinct ${nameOf(random.pick(columns).name)}`;
          columns = [];
          break;
        case 11: {
          if (depth <= 0) break;
          const key = random.pick(columns);
          const right = pipeline(random, depth - 1);
          if (
            !right.columns.some((other) => other.name === key.name && other.type === key.type) ||
            key.type === 'dynamic'
          )
            break;
          text += ` | join kind=${random.pick(['inner', 'leftouter', 'rightouter', 'fullouter', 'leftanti', 'leftsemi', 'rightanti', 'rightsemi', 'innerunique'])} (${right.text}) on ${nameOf(key.name)}`;
          return { text, columns: [] };
        }
        case 12: {
          if (depth <= 0) break;
          text += ` | union ${random.pick(['', 'withsource=src ', 'kind=inner ', 'kind=outer '])}(${pipeline(random, depth - 1).text})`;
          return { text, columns: [] };
        }
        case 13:
          if (columns.some((column) => column.name === 'd'))
            text += ` | mv-expand ${random.pick(['d', 'e = d to typeof(long)', 'with_itemindex=ix d', 'kind=array d', 'd limit 2'])}`;
          return { text, columns: [] };
        case 14:
          if (columns.some((column) => column.name === 's'))
            text += ` | parse s with ${random.pick(['p1 " " p2', '* "a" p1:long *', 'kind=regex @"(\\w+)" p1', 'kind=relaxed p1:int "," p2'])}`;
          return { text, columns };
        case 15: {
          if (
            !columns.some((column) => column.name === 'TimeGenerated') ||
            !columns.some((column) => column.name === 'l')
          )
            break;
          text += ` | make-series n = ${random.pick(['count()', 'sum(l)', 'avg(r)', 'max(i)'])} default=0 on TimeGenerated from datetime(2022-09-01) to datetime(2022-11-01) step ${random.pick(['1d', '7d', '12h'])}${random.chance(0.5) ? ' by s' : ''}`;
          return { text, columns: [] };
        }
        case 16: {
          text += ` | serialize | extend w = ${random.pick(['row_number()', 'prev(s)', 'next(l)', 'row_cumsum(l)', 'prev(r, 2)', 'row_rank_dense(i)'])}`;
          break;
        }
      }
      if (columns.length === 0) break;
    }
    return { text, columns };
  }

  return {
    query(random) {
      if (random.chance(0.3))
        return `print x = ${expression(random, [], random.pick(TYPES), 4).replace(/\bparse_json\(s\)|\bd(?=[.[])|\bi(?=\])/g, 'dynamic({})')}`;
      const { text } = pipeline(random, 2);
      if (random.chance(0.15)) return `let t = ${text}; t | count`;
      if (random.chance(0.1)) return `let f = (n: long) { ${text} | extend n = n }; f(3)`;
      return text;
    },
  };
}
