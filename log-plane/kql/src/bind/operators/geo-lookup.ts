import { call, columnRef } from '../../plan/expression.ts';
import type { Relation } from '../../plan/relation.ts';
import { type Expression, Syn, textOf } from '../../service/kusto.ts';
import { bindAs, findColumn } from '../bind-expression.ts';
import { bindTabular } from '../bind-tabular.ts';
import type { Bound, NamedColumn } from '../context.ts';
import type { Plugin } from './evaluate.ts';
import { fillMissingText } from './join.ts';
import { resultColumns } from './result-columns.ts';

/** Rows of a table of lines (within a distance) or polygons for the place of each row. */
export function geoLookup(shape: 'line' | 'polygon'): Plugin {
  return (context, { node, args, input, scope }): Bound => {
    const name = `geo_${shape}_lookup`;
    const [table, key, longitude, latitude, ...rest]: readonly (Expression | undefined)[] = args;
    if (table === undefined || !(key instanceof Syn.NameReference) || longitude === undefined || latitude === undefined)
      return context.refuse(node, scope, name);
    const lookup = bindTabular(context, table, scope);
    const shapes = findColumn(lookup.columns, key.SimpleName ?? '');
    if (shapes === undefined) return context.refuse(key, scope, name);
    const [radius, ...flags] = shape === 'line' ? rest : [undefined, ...rest];
    if (shape === 'line' && radius === undefined) return context.refuse(node, scope, name);
    const keepsUnmatched = flags.some((arg, at) => isSet(arg, 'return_unmatched', at === 0));
    const keepsKey = flags.some((arg) => isSet(arg, 'return_lookup_key', false));
    const place = [bindAs(context, longitude, scope, 'real'), bindAs(context, latitude, scope, 'real')];
    const condition =
      radius === undefined
        ? call('geo_point_in_polygon', 'bool', ...place, columnRef(shapes.column))
        : call(
            '<=',
            'bool',
            call('geo_distance_point_to_line', 'real', ...place, columnRef(shapes.column)),
            bindAs(context, radius, scope, 'real'),
          );
    const relation: Relation = {
      kind: 'join',
      join: keepsUnmatched ? 'left' : 'inner',
      left: input.relation,
      right: lookup.relation,
      on: [],
      condition,
    };
    const given = [...input.columns, ...lookup.columns.filter(({ column }) => keepsKey || column !== shapes.column)];
    const names = resultColumns(context, node, scope);
    if (names.length !== given.length)
      return context.refuse(node, scope, name, `The columns of ${name} are not those that are expected.`);
    const columns = given.map(({ column }, index): NamedColumn => ({ name: names[index]?.name ?? '', column }));
    const bound: Bound = { relation, columns };
    return keepsUnmatched
      ? fillMissingText(context, bound, new Set(lookup.columns.map(({ column }) => column.id)))
      : bound;
  };
}

function isSet(arg: Expression | undefined, flag: string, isPlaced: boolean): boolean {
  const [, given, value] = /^(?:(\w+)\s*=\s*)?(\w+)$/.exec(arg === undefined ? '' : textOf(arg).trim()) ?? [];
  return value?.toLowerCase() === 'true' && (given === flag || (given === undefined && isPlaced));
}
