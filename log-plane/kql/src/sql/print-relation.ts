import { AGGREGATES } from '../aggregates/table.ts';
import { convertSql } from '../functions/conversion.ts';
import type { Expr } from '../plan/expression.ts';
import type {
  AggregateCall,
  AggregateRelation,
  ExpandRelation,
  PathsRelation,
  Relation,
  SeriesRelation,
  SharedDefinition,
  SortKey,
} from '../plan/relation.ts';
import { jsonPaths } from './json-path.ts';
import { markBound } from './moments.ts';
import { type ExpressionPrinter, printCondition, printExpression } from './print-expression.ts';
import { SQL_TYPES } from './print-literal.ts';
import { printName } from './print-name.ts';
import { printScan } from './print-scan.ts';

/** A definition that is used more than once becomes a common table expression; `shared` says which. */
export function createRelationPrinter(shared: ReadonlySet<SharedDefinition>): ExpressionPrinter {
  const printer: ExpressionPrinter = { relation: (relation) => print(relation) };
  const value = (expr: Expr) => printExpression(expr, printer);

  function print(relation: Relation): string {
    switch (relation.kind) {
      case 'table': {
        const columns = relation.columns.map(({ column, source }) => `${printName(source)} as ${column.id}`).join(', ');
        const { time } = relation;
        const where =
          time === undefined
            ? ''
            : ` where ${printName(time)} >= ${markBound('start')} and ${printName(time)} < ${markBound('end')}`;
        return `select ${columns} from ${relation.relation}${where}`;
      }
      case 'values':
        return printValues(relation.columns, relation.rows);
      case 'range':
        return printRange(relation);
      case 'filter':
        return `select * from (${print(relation.input)}) where ${printCondition(relation.condition, printer)}`;
      case 'project':
        return `select ${relation.columns.map(({ column, expr }) => `${value(expr)} as ${column.id}`).join(', ')} from (${print(relation.input)})`;
      case 'extend':
        return `select *, ${relation.added.map(({ column, expr }) => `${value(expr)} as ${column.id}`).join(', ')} from (${print(relation.input)})`;
      case 'aggregate':
        return printRowOfGroup(relation) ?? printGroups(relation);
      case 'sort':
        return `select * from (${print(relation.input)}) order by ${orderBy(relation.keys)}`;
      case 'limit': {
        const { partition, order = [] } = relation;
        const rows = `select * from (${print(relation.input)})`;
        if (partition === undefined) return `${rows} limit ${value(relation.count)}`;
        const keys = order.length === 0 ? '' : ` order by ${orderBy(order)}`;
        return `${rows} qualify row_number() over (partition by ${partition.map(({ id }) => id).join(', ')}${keys}) <= ${value(relation.count)}`;
      }
      case 'first-of-group': {
        // Not row_number() = 1: the engine (1.5.6) fails on that where the keys are computed.
        const keys = relation.keys.map(value).join(', ');
        const numbered = `select *, row_number() over () as row_order from (${print(relation.input)})`;
        return `select * exclude (row_order) from (${numbered}) qualify row_order = min(row_order) over (partition by ${keys})`;
      }
      case 'union': {
        const columns = relation.columns.map(({ id }) => id).join(', ');
        if (relation.inputs.length === 0) return printValues(relation.columns, []);
        return relation.inputs.map((input) => `select ${columns} from (${print(input)})`).join(' union all ');
      }
      case 'join':
        return printJoin(relation);
      case 'expand':
        return printExpand(relation);
      case 'scan':
        return printScan(relation, print(relation.input), value);
      case 'series':
        return printSeries(relation);
      case 'paths':
        return printPaths(relation);
      case 'shared': {
        const { definition } = relation;
        const columns = relation.columns.map(({ column, source }) => `${source.id} as ${column.id}`).join(', ');
        return `select ${columns} from ${shared.has(definition) ? definition.id : `(${print(definition.relation)})`}`;
      }
    }
  }

  function printValues(
    columns: readonly { id: string; type: Expr['type'] }[],
    rows: readonly (readonly Expr[])[],
  ): string {
    const only = rows[0];
    if (columns.length === 0) return `select 1 as nothing from (values ${rows.map(() => '(1)').join(', ')})`;
    if (rows.length === 1 && only !== undefined)
      return `select ${only.map((expr, index) => `${value(expr)} as ${columns[index]?.id}`).join(', ')}`;
    if (rows.length === 0)
      return `select ${columns.map(({ id, type }) => `cast(null as ${SQL_TYPES[type]}) as ${id}`).join(', ')} where false`;
    const names = columns.map(({ id }) => id).join(', ');
    return `select * from (values ${rows.map((row) => `(${row.map(value).join(', ')})`).join(', ')}) as v(${names})`;
  }

  /** The unnest keeps the engine from taking the list apart again, and so from parsing once a use. */
  function printPaths({ input, base, isText, validity, reads, list }: PathsRelation): string {
    const isString = reads[0]?.column.type === 'string';
    const paths = reads.map(({ steps }) => jsonPaths(steps).join(', ')).join(', ');
    const text = isText ? `case when ${validity?.id ?? `json_valid(${base.id})`} then ${base.id} end` : base.id;
    const all = `unnest([${isString ? 'json_extract_string' : 'json_extract'}(${text}, [${paths}])]) as ${list.id}`;
    const columns = reads.map(({ column }, index) => {
      const read = `${list.id}[${index + 1}]`;
      return `${isString ? `coalesce(${read}, '')` : `nullif(${read}::varchar, 'null')`} as ${column.id}`;
    });
    return `select * exclude (${list.id}), ${columns.join(', ')} from (select *, ${all} from (${print(input)}))`;
  }

  function printRange({ column, from, to, step }: Extract<Relation, { kind: 'range' }>): string {
    if (column.type !== 'real' && column.type !== 'decimal')
      return `select unnest(generate_series(${value(from)}::bigint, ${value(to)}::bigint, ${value(step)}::bigint)) as ${column.id}`;
    const count = `cast(floor((${value(to)} - ${value(from)}) / ${value(step)} + 1e-9) as bigint)`;
    return `select ${value(from)} + i * ${value(step)} as ${column.id} from (select unnest(generate_series(0, ${count}, 1)) as i)`;
  }

  function printGroups({ input, keys, aggregates, order }: AggregateRelation): string {
    const ranks = ranksTogether(aggregates);
    const outputs = [
      ...keys.map(({ column, expr }) => `${value(expr)} as ${column.id}`),
      ...aggregates
        .filter((aggregate) => !ranks.some((list) => list.includes(aggregate)))
        .map((aggregate) => `${printAggregate(aggregate, order)} as ${aggregate.column.id}`),
      ...ranks.map(
        (list, index) =>
          `quantile_disc(${value(list[0]?.args[0] as Expr)}, [${list.map(({ args }) => `(${value(args[1] as Expr)}) / 100.0`).join(', ')}]) as ranks_${index}`,
      ),
    ];
    const groups = keys.length === 0 ? '' : ` group by ${keys.map((_, index) => index + 1).join(', ')}`;
    const grouped = `select ${outputs.length === 0 ? '1 as nothing' : outputs.join(', ')} from (${print(input)})${groups}`;
    if (ranks.length === 0) return grouped;
    const lists = ranks.map((_, index) => `ranks_${index}`);
    const elements = ranks.flatMap((list, index) =>
      list.map(({ column }, at) => `ranks_${index}[${at + 1}] as ${column.id}`),
    );
    return `select * exclude (${lists.join(', ')}), ${elements.join(', ')} from (${grouped})`;
  }

  /** Percentiles of one value sort it once: those that are asked for together. */
  function ranksTogether(aggregates: readonly AggregateCall[]): readonly (readonly AggregateCall[])[] {
    const lists = new Map<string, AggregateCall[]>();
    for (const aggregate of aggregates) {
      const [by, rank] = aggregate.args;
      if (aggregate.name !== 'percentile' || by === undefined || rank?.kind !== 'literal' || rank.value === null)
        continue;
      const key = value(by);
      lists.set(key, [...(lists.get(key) ?? []), aggregate]);
    }
    return [...lists.values()].filter((list) => list.length > 1);
  }

  /** A whole row of each group by one order alone: a window keeps the columns apart, which an aggregate would copy. */
  function printRowOfGroup({ input, keys, aggregates }: AggregateRelation): string | undefined {
    const [only] = aggregates;
    const direction = { 'arg_max row': 'desc', 'arg_min row': 'asc' }[only?.name ?? ''];
    const [by, ...row] = only?.args ?? [];
    if (only === undefined || aggregates.length !== 1 || keys.length === 0) return undefined;
    if (direction === undefined || by === undefined || by.type === 'real') return undefined;
    const partition = keys.map(({ expr }) => value(expr)).join(', ');
    const outputs = [
      ...keys.map(({ column, expr }) => `${value(expr)} as ${column.id}`),
      `{${row.map((expr, index) => `'f${index}': ${value(expr)}`).join(', ')}} as ${only.column.id}`,
    ];
    return `select ${outputs.join(', ')} from (${print(input)}) qualify row_number() over (partition by ${partition} order by ${value(by)} ${direction} nulls last) = 1`;
  }

  function printAggregate({ name, args, column }: AggregateCall, order: readonly SortKey[]): string {
    const entry = AGGREGATES[name];
    if (entry === undefined) throw new Error(`There is no entry for the aggregate ${name}.`);
    return entry.sql({
      args: args.map(value),
      exprs: args,
      type: column.type,
      order: order.length === 0 ? '' : ` order by ${orderBy(order)}`,
    });
  }

  function orderBy(keys: readonly SortKey[]): string {
    return keys
      .map(({ expr, isDescending, nullsFirst }) => {
        const direction = `${isDescending ? 'desc' : 'asc'} nulls ${nullsFirst ? 'first' : 'last'}`;
        // The engine puts NaN on top; Kusto puts it with the nulls, behind the numbers.
        const notNumber =
          expr.type === 'real' ? `coalesce(isnan(${value(expr)}), false) ${nullsFirst ? 'desc' : 'asc'}, ` : '';
        return `${notNumber}${value(expr)} ${direction}`;
      })
      .join(', ');
  }

  function printJoin({ join, left, right, on, condition: besides }: Extract<Relation, { kind: 'join' }>): string {
    const equal = on.map((key) => `${value(key.left)} is not distinct from ${value(key.right)}`);
    const condition =
      [...equal, ...(besides === undefined ? [] : [printCondition(besides, printer)])].join(' and ') || 'true';
    return `select * from (${print(left)}) ${join === 'cross' ? 'inner' : join} join (${print(right)}) on ${condition}`;
  }

  function printExpand({ input, items, index, limit }: ExpandRelation): string {
    const lists = items.map(({ list, isBagAsArray }, at) => `${elementsOf(value(list), isBagAsArray)} as list_${at}`);
    const names = items.map((_, at) => `list_${at}`);
    const cut = limit === undefined ? (name: string) => name : (name: string) => `${name}[1:${value(limit)}]`;
    const unnested = items.map(
      ({ column }, at) => `nullif(unnest(${cut(`list_${at}`)})::varchar, 'null') as ${column.id}`,
    );
    const longest = names.length === 1 ? `len(list_0)` : `greatest(${names.map((name) => `len(${name})`).join(', ')})`;
    if (index !== undefined) unnested.push(`unnest(range(${cutLength(longest, limit)})) as ${index.id}`);
    return `select * exclude (${names.join(', ')}), ${unnested.join(', ')} from (select *, ${lists.join(', ')} from (${print(input)}))`;
  }

  /** Steps are whole numbers from the axis' beginning; a map holds what there is. */
  function printSeries(relation: SeriesRelation): string {
    const { keys, carried, index, values, axis, from, to, step, axisType } = relation;
    const names = keys.map(({ id }) => id);
    const kept = carried.map(({ id }) => `first(${id}) as ${id}`);
    const base = from === undefined ? (axisType === 'real' ? '0::double' : '0::bigint') : value(from);
    const lists = values.map(({ source }, at) => {
      const json = `coalesce(${convertSql(source.id, source.type, 'dynamic')}, 'null')`;
      return `map(list(${index.id}), list(${json})) as series_${at}`;
    });
    const whole = axisType === 'real' ? (sql: string) => `cast(${sql} as bigint)` : (sql: string) => sql;
    const span = to === undefined ? '' : `(${value(to)} - ${base})`;
    const last =
      to === undefined
        ? `max(${index.id})`
        : relation.isEndIncluded
          ? whole(axisType === 'real' ? `floor(${span} / ${value(step)})` : `${span} // ${value(step)}`)
          : whole(
              axisType === 'real'
                ? `ceil(${span} / ${value(step)}) - 1`
                : `(${span} + ${value(step)} - 1) // ${value(step)} - 1`,
            );
    const first = from === undefined ? `min(${index.id})` : '0';
    const having = names.length === 0 && !relation.isNeverEmpty ? ' having count(*) > 0' : '';
    const groups = names.length === 0 ? '' : ` group by ${names.map((_, at) => at + 1).join(', ')}`;
    const grouped = `select ${[...names, ...kept, ...lists, `range(${first}, ${last} + 1) as steps`].join(', ')} from (${print(relation.input)})${groups}${having}`;
    const place = convertSql(`(${base} + i * ${value(step)})`, axisType, 'dynamic');
    const outputs = values.map(
      ({ column, missing }, at) =>
        `'[' || array_to_string(list_transform(steps, lambda i: coalesce(series_${at}[i], coalesce(${convertSql(value(missing), missing.type, 'dynamic')}, 'null'))), ',') || ']' as ${column.id}`,
    );
    const axisSql = `'[' || array_to_string(list_transform(steps, lambda i: ${place}), ',') || ']' as ${axis.id}`;
    return `select ${[...names, ...carried.map(({ id }) => id), ...outputs, axisSql].join(', ')} from (${grouped})`;
  }

  function cutLength(longest: string, limit: Expr | undefined): string {
    return limit === undefined ? longest : `least(${longest}, ${value(limit)})`;
  }

  return printer;
}

/** The list that mv-expand walks: an array's elements, a bag's pairs as bags (or as [key, value]), else the value itself. */
function elementsOf(json: string, isBagAsArray: boolean): string {
  const pair = isBagAsArray ? 'json_array' : 'json_object';
  const bag = `list_transform(json_keys(${json}), lambda k: ${pair}(k, json_extract(${json}, '/' || replace(replace(k, '~', '~0'), '/', '~1'))))`;
  return `case json_type(${json}) when 'ARRAY' then json_extract(${json}, '$[*]') when 'OBJECT' then ${bag} else [(${json})::json] end`;
}
