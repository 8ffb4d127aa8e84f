import type { KqlColumn, KqlType } from '@vigia/contract';
import { call, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { AggregateCall, Computed } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindConstant, bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { ColumnsFound, discover } from '../discovery.ts';
import { dcountIntersect } from './dcount-intersect.ts';
import { geoLookup } from './geo-lookup.ts';
import { ipLookup } from './ip-lookup.ts';
import { type ResultColumn, resultColumns } from './result-columns.ts';

export interface PluginCall {
  readonly node: Kusto.Language.Syntax.EvaluateOperator;
  readonly args: readonly Expression[];
  readonly input: Bound;
  /** With the input's columns. */
  readonly scope: Scope;
  readonly isSchemaKnown: boolean;
}

export type Plugin = (context: BindContext, called: PluginCall) => Bound;

/** Plug-ins by name. */
export const PLUGINS: Readonly<Record<string, Plugin>> = {
  bag_unpack: bindBagUnpack,
  dcount_intersect: dcountIntersect,
  geo_line_lookup: geoLookup('line'),
  geo_polygon_lookup: geoLookup('polygon'),
  ipv4_lookup: ipLookup(4),
  ipv6_lookup: ipLookup(6),
  narrow: bindNarrow,
  pivot: bindPivot,
};

export function bindEvaluate(
  context: BindContext,
  node: Kusto.Language.Syntax.EvaluateOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const called = node.FunctionCall;
  const name = called?.Name?.SimpleName ?? '';
  const plugin = Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined;
  if (plugin === undefined)
    return context.refuse(called ?? node, scope, `evaluate ${name}`, `The plug-in '${name}' is not supported.`);
  const args = elements<Expression>(called?.ArgumentList?.Expressions);
  return plugin(context, { node, args, input, scope, isSchemaKnown: node.Schema !== null });
}

/** An argument by name (`columnsConflict = …`), else by place. */
function constantArgument(
  context: BindContext,
  { args, scope }: PluginCall,
  name: string,
  place: number,
): Expr | undefined {
  const named = args.find((arg) => arg instanceof Syn.SimpleNamedExpression && arg.Name?.SimpleName === name);
  const placed = args[place];
  const chosen = named ?? (placed instanceof Syn.SimpleNamedExpression ? undefined : placed);
  return chosen === undefined ? undefined : bindConstant(context, chosen, scope);
}

/** The keys of a bag become columns. What the rows have is in `discovered`; the second time it is written as a schema. */
function bindBagUnpack(context: BindContext, called: PluginCall): Bound {
  const { node, args, input, scope, isSchemaKnown } = called;
  const bag = bindExpression(context, args[0] ?? null, scope);
  if (bag.kind !== 'column') return context.refuse(node, scope, 'bag_unpack', 'bag_unpack needs a column.');
  const prefix = constantArgument(context, called, 'OutputColumnPrefix', 1);
  const start = prefix?.kind === 'literal' ? String(prefix.value ?? '') : '';
  const conflict = constantArgument(context, called, 'columnsConflict', 2);
  const policy = conflict?.kind === 'literal' ? String(conflict.value) : 'error';
  if (!isSchemaKnown) {
    const ignored = constantArgument(context, called, 'ignoredProperties', 3);
    const left = ignored?.kind === 'literal' ? JSON.parse(String(ignored.value ?? '[]')) : [];
    const rows = discover(context, node, scope, keysOf(context, bag, input));
    return unpackedColumns(context, called, { bag, rows, start, policy, ignored: new Set<unknown>(left) });
  }
  const isSource = ({ name }: ResultColumn) =>
    policy !== 'replace_source' && input.columns.some((old) => old.name === name && old.column.id !== bag.column.id);
  const added: Computed[] = [];
  const columns = resultColumns(context, node, scope).map((result): NamedColumn => {
    const source = input.columns.find(({ name }) => name === result.name);
    const key = result.name.startsWith(start) ? result.name.slice(start.length) : undefined;
    if (source !== undefined && (isSource(result) || key === undefined)) return source;
    const value: Expr = {
      kind: 'path',
      type: 'dynamic',
      base: bag,
      isText: false,
      steps: [key ?? result.name],
    };
    const column = context.newColumn(result.type);
    added.push({ column, expr: convert(value, result.type) });
    return { name: result.name, column };
  });
  return { ...input, relation: { kind: 'extend', input: input.relation, added }, columns };
}

const KINDS: Readonly<Record<string, KqlType>> = { long: 'long', double: 'real', string: 'string', bool: 'bool' };

/** The source's columns without the bag, then the keys by name. Values of several kinds stay dynamic. */
function unpackedColumns(
  context: BindContext,
  { node, input, scope }: PluginCall,
  found: {
    readonly bag: Expr;
    readonly rows: readonly (readonly unknown[])[];
    readonly start: string;
    readonly policy: string;
    readonly ignored: ReadonlySet<unknown>;
  },
): never {
  const { bag, rows, start, policy, ignored } = found;
  const kinds = new Map<string, Set<string>>();
  for (const [key, kind] of rows) {
    if (ignored.has(key)) continue;
    const before = kinds.get(String(key)) ?? new Set<string>();
    if (kind !== 'null') before.add(String(kind));
    kinds.set(String(key), before);
  }
  const sources = input.columns.filter(({ column }) => !(bag.kind === 'column' && column === bag.column));
  const names = new Set([...kinds.keys()].map((key) => start + key));
  const clash = sources.find(({ name }) => names.has(name));
  if (clash !== undefined && policy === 'error')
    return context.reject(
      node,
      scope,
      'bag_unpack',
      `The column '${clash.name}' exists already: name a columnsConflict.`,
    );
  const kept = policy === 'replace_source' ? sources.filter(({ name }) => !names.has(name)) : sources;
  const has = new Set(kept.map(({ name }) => name));
  const unpacked = [...kinds]
    .map(([key, seen]): KqlColumn => {
      const [only] = seen;
      return { name: start + key, type: (seen.size === 1 ? KINDS[only ?? ''] : undefined) ?? 'dynamic' };
    })
    .filter(({ name }) => !has.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  throw new ColumnsFound(node.FunctionCall?.End ?? node.End, [
    ...kept.map(({ name, column }): KqlColumn => ({ name, type: column.type })),
    ...unpacked,
  ]);
}

/** One row a key: its name and the kinds of its values. */
function keysOf(context: BindContext, bag: Expr, input: Bound): Bound {
  const pair = context.newColumn('dynamic');
  const key = context.newColumn('string');
  const kind = context.newColumn('string');
  return {
    relation: {
      kind: 'aggregate',
      input: {
        kind: 'expand',
        input: { kind: 'filter', input: input.relation, condition: call('is bag', 'bool', bag) },
        items: [{ column: pair, list: bag, isBagAsArray: true }],
      },
      keys: [
        { column: key, expr: convert(at(pair, 0n), 'string') },
        { column: kind, expr: call('gettype', 'string', at(pair, 1n)) },
      ],
      aggregates: [],
      order: [],
    },
    columns: [
      { name: 'key', column: key },
      { name: 'kind', column: kind },
    ],
  };
}

const at = (column: NamedColumn['column'], index: bigint): Expr => ({
  kind: 'path',
  type: 'dynamic',
  base: columnRef(column),
  isText: false,
  steps: [index],
});

/** One row a cell: the row's number, the column's name, the value's text. */
function bindNarrow(context: BindContext, { node, input, scope }: PluginCall): Bound {
  const names = resultColumns(context, node, scope);
  const row = context.newColumn('long');
  const item = context.newColumn('dynamic');
  const cells = context.newColumn('dynamic');
  const pairs = input.columns.map(({ name, column }) =>
    call('pack_array', 'dynamic', literal('string', name), convert(columnRef(column), 'string')),
  );
  const added: Computed[] = [
    { column: context.newColumn('string'), expr: convert(at(item, 0n), 'string') },
    { column: context.newColumn('string'), expr: convert(at(item, 1n), 'string') },
  ];
  const outputs = [row, ...added.map(({ column }) => column)];
  return {
    relation: {
      kind: 'extend',
      input: {
        kind: 'expand',
        input: {
          kind: 'extend',
          input: input.relation,
          added: [
            { column: row, expr: { kind: 'window', type: 'long', name: 'row_number', args: [literal('long', 0n)] } },
            { column: cells, expr: call('pack_array', 'dynamic', ...pairs) },
          ],
        },
        items: [{ column: item, list: columnRef(cells), isBagAsArray: false }],
      },
      added,
    },
    columns: outputs.map((column, index) => ({ name: names[index]?.name ?? '', column })),
  };
}

const ZERO_OF_NOTHING = new Set(['count', 'countif', 'sum', 'sumif', 'dcount', 'dcountif']);

/** The values of a column become columns, of which each holds an aggregate. */
function bindPivot(context: BindContext, called: PluginCall): Bound {
  const { node, args, input, scope, isSchemaKnown } = called;
  const [pivotArg, aggregateArg, ...columnArgs] = args;
  const pivot = bindExpression(context, pivotArg ?? null, scope);
  const text = convert(pivot, 'string');
  const isAggregate = aggregateArg instanceof Syn.FunctionCallExpression;
  const others = isAggregate ? columnArgs : args.slice(1);
  const aggregates: AggregateCall[] = [];
  const value = isAggregate
    ? bindExpression(context, aggregateArg, { ...scope, aggregates })
    : countOf(context, aggregates);
  const used = new Set<string>([
    ...(pivot.kind === 'column' ? [pivot.column.id] : []),
    ...aggregates.flatMap((aggregate) =>
      aggregate.args.flatMap((arg) => (arg.kind === 'column' ? [arg.column.id] : [])),
    ),
  ]);
  const keys = (
    others.length > 0
      ? others.map((arg): NamedColumn => {
          const bound = bindExpression(context, arg, scope);
          const found =
            bound.kind === 'column' ? input.columns.find(({ column }) => column === bound.column) : undefined;
          return found ?? context.refuse(arg, scope, 'pivot', 'The columns of pivot are columns of its input.');
        })
      : input.columns.filter(({ column }) => !used.has(column.id))
  ).map(({ name, column }) => ({ name, column, fresh: context.newColumn(column.type) }));
  const chosen = context.newColumn('string');
  if (!isSchemaKnown) {
    const names = discover(context, node, scope, distinctTexts(context, text, input)).map(([name]) => String(name));
    throw new ColumnsFound(node.FunctionCall?.End ?? node.End, [
      ...keys.map(({ name, column }): KqlColumn => ({ name, type: column.type })),
      ...names.sort().map((name): KqlColumn => ({ name, type: value.type })),
    ]);
  }
  const cellColumn = context.newColumn(value.type);
  const grouped = {
    kind: 'extend',
    input: {
      kind: 'aggregate',
      input: input.relation,
      keys: [
        ...keys.map(({ column, fresh }): Computed => ({ column: fresh, expr: columnRef(column) })),
        { column: chosen, expr: text },
      ],
      aggregates,
      order: [],
    },
    added: [{ column: cellColumn, expr: value }],
  } as const;
  const picks: AggregateCall[] = [];
  const added: Computed[] = [];
  const columns = resultColumns(context, node, scope).map((result): NamedColumn => {
    const key = keys.find(({ name }) => name === result.name);
    if (key !== undefined) return { name: result.name, column: key.fresh };
    const picked = context.newColumn(value.type);
    const isIt = call('==', 'bool', columnRef(chosen), literal('string', result.name));
    picks.push({ column: picked, name: 'value where', args: [columnRef(cellColumn), isIt] });
    const column = context.newColumn(result.type);
    added.push({ column, expr: missingCell(convert(columnRef(picked), result.type), aggregates) });
    return { name: result.name, column };
  });
  return {
    relation: {
      kind: 'extend',
      input: {
        kind: 'aggregate',
        input: grouped,
        keys: keys.map(({ fresh }) => ({ column: fresh, expr: columnRef(fresh) })),
        aggregates: picks,
        order: [],
      },
      added,
    },
    columns,
  };
}

function countOf(context: BindContext, aggregates: AggregateCall[]): Expr {
  const column = context.newColumn('long');
  aggregates.push({ column, name: 'count', args: [] });
  return columnRef(column);
}

/** Counts and sums of nothing are nought. */
function missingCell(value: Expr, aggregates: readonly AggregateCall[]): Expr {
  const [only] = aggregates;
  const isZero = aggregates.length === 1 && only !== undefined && ZERO_OF_NOTHING.has(only.name);
  if (!isZero) return value;
  const zero: Readonly<Partial<Record<KqlType, Expr>>> = {
    int: literal('int', 0n),
    long: literal('long', 0n),
    real: literal('real', 0),
    decimal: literal('decimal', '0'),
    timespan: literal('timespan', 0n),
  };
  const nothing = zero[value.type];
  return nothing === undefined ? value : call('coalesce', value.type, value, nothing);
}

/** One row a value of the pivot column. */
function distinctTexts(context: BindContext, text: Expr, input: Bound): Bound {
  const column = context.newColumn('string');
  return {
    relation: { kind: 'aggregate', input: input.relation, keys: [{ column, expr: text }], aggregates: [], order: [] },
    columns: [{ name: 'name', column }],
  };
}
