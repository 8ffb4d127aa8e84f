import { explicit } from '../convert/conversion.ts';
import type { Expression, FromClause, QueryBody, QueryClause, Span } from '../syntax/tree.ts';
import { same, type Type, typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { enumerate } from '../value/enumerate.ts';
import { defaultComparer, Grouping, Sequence, type V } from '../value/values.ts';
import type { Binder } from './binder.ts';
import { type Bound, isPseudo, type Run } from './bound.ts';
import { elementTypeOf } from './element-type.ts';
import { bindTyped } from './expressions.ts';
import { bindFunction, makeDelegate } from './lambdas.ts';
import { bindType } from './types.ts';

/** The variables of a query, and its rows: each holds a value for each of them. */
interface Rows {
  readonly names: readonly string[];
  readonly types: readonly Type[];
  readonly run: (r: Parameters<Run>[0]) => () => Iterable<readonly V[]>;
}

export function bindQuery(b: Binder, node: Extract<Expression, { kind: 'query' }>): Bound {
  return bindBody(b, bindFrom(b, node.from), node.body);
}

function sourceOf(
  b: Binder,
  { type: typeNode, source }: { readonly type: FromClause['type']; readonly source: Expression },
  bound: Bound,
) {
  const element =
    elementTypeOf(bound.type) ??
    b.fail(source, 'type', `Could not find an implementation of the query pattern for '${bound.type.key}'.`);
  const type = typeNode ? bindType(b, typeNode) : element;
  const cast = same(type, element)
    ? undefined
    : (explicit(element, type, false) ?? b.fail(source, 'type', `Cannot convert '${element.key}' to '${type.key}'.`));
  return { type, cast };
}
function bindFrom(b: Binder, clause: FromClause): Rows {
  const bound = bindTyped(b, clause.source);
  const { type, cast } = sourceOf(b, clause, bound);
  return {
    names: [clause.name],
    types: [type],
    run: (r) => {
      const source = bound.run(r);
      return function* () {
        for (const item of enumerate(source)) yield [cast ? cast(item) : item];
      };
    },
  };
}

/** An expression over the variables of the rows, as a function of their values. */
function over(b: Binder, rows: Rows, body: Expression): { readonly type: Type; readonly make: Run } {
  const parameters = rows.names.map((name, index) => ({
    node: body as Span,
    name,
    type: rows.types[index] ?? typeOf('object'),
  }));
  const bound = bindFunction(b, parameters, body, undefined);
  const { type } = bound.body;
  if (isPseudo(type) || type.name === 'void' || type.name === 'null')
    b.fail(body, 'type', 'A clause of a query needs a value with a type.');
  return { type, make: makeDelegate(bound, bound.body.run, typeOf('object')) };
}

function bindClause(b: Binder, rows: Rows, clause: QueryClause): Rows {
  switch (clause.kind) {
    case 'from': {
      const inner = over(b, rows, clause.source);
      const { type, cast } = sourceOf(b, clause, { type: inner.type, run: () => null });
      return {
        names: [...rows.names, clause.name],
        types: [...rows.types, type],
        run: (r) => {
          const [outer, source] = [rows.run(r), inner.make(r)];
          return function* () {
            for (const row of outer())
              for (const item of enumerate(source(...row))) yield [...row, cast ? cast(item) : item];
          };
        },
      };
    }
    case 'let': {
      const value = over(b, rows, clause.value);
      return {
        names: [...rows.names, clause.name],
        types: [...rows.types, value.type],
        run: (r) => {
          const [outer, compute] = [rows.run(r), value.make(r)];
          return function* () {
            for (const row of outer()) yield [...row, compute(...row)];
          };
        },
      };
    }
    case 'where': {
      const test = over(b, rows, clause.test);
      if (test.type.name !== 'bool')
        b.fail(clause.test, 'type', `Cannot implicitly convert type '${test.type.key}' to 'bool'.`);
      return {
        ...rows,
        run: (r) => {
          const [outer, holds] = [rows.run(r), test.make(r)];
          return function* () {
            for (const row of outer()) if (holds(...row)) yield row;
          };
        },
      };
    }
    case 'orderby': {
      const keys = clause.keys.map(({ value, isDescending }) => ({
        ...over(b, rows, value),
        sign: isDescending ? -1 : 1,
      }));
      return {
        ...rows,
        run: (r) => {
          const outer = rows.run(r);
          const computes = keys.map(({ make }) => make(r));
          return () => {
            const list = [...outer()].map((row) => ({ row, keys: computes.map((compute) => compute(...row)) }));
            list.sort((x, y) => {
              for (const [index, { sign }] of keys.entries()) {
                const order = defaultCompare(x.keys[index], y.keys[index]) * sign;
                if (order !== 0) return order;
              }
              return 0;
            });
            return list.map(({ row }) => row);
          };
        },
      };
    }
    case 'join':
      return bindJoin(b, rows, clause);
    default:
      return clause satisfies never;
  }
}

function bindJoin(b: Binder, rows: Rows, clause: Extract<QueryClause, { kind: 'join' }>): Rows {
  const bound = bindTyped(b, clause.source);
  const { type, cast } = sourceOf(b, clause, bound);
  const left = over(b, rows, clause.left);
  const right = over(b, { names: [clause.name], types: [type], run: () => () => [] }, clause.right);
  const isGroup = clause.into !== '';
  return {
    names: [...rows.names, isGroup ? clause.into : clause.name],
    types: [...rows.types, isGroup ? typeOf('IEnumerable', [type]) : type],
    run: (r) => {
      const outer = rows.run(r);
      const source = bound.run(r);
      const [leftKey, rightKey] = [left.make(r), right.make(r)];
      return function* () {
        const found = new Map<V, V[]>();
        for (const raw of enumerate(source)) {
          const item = cast ? cast(raw) : raw;
          const key = defaultComparer.keyOf(rightKey(item));
          if (key === null) continue;
          const list = found.get(key) ?? [];
          list.push(item);
          found.set(key, list);
        }
        for (const row of outer()) {
          const items = found.get(defaultComparer.keyOf(leftKey(...row))) ?? [];
          if (isGroup) yield [...row, new Sequence(type, () => items)];
          else for (const item of items) yield [...row, item];
        }
      };
    },
  };
}

function bindBody(b: Binder, start: Rows, body: QueryBody): Bound {
  const rows = body.clauses.reduce((current, clause) => bindClause(b, current, clause), start);
  const bound = bindEnd(b, rows, body);
  const { into } = body;
  if (!into) return bound;
  const element = elementTypeOf(bound.type) ?? typeOf('object');
  const next: Rows = {
    names: [into.name],
    types: [element],
    run: (r) => {
      const source = bound.run(r);
      return function* () {
        for (const item of enumerate(source)) yield [item];
      };
    },
  };
  return bindBody(b, next, into.body);
}
function bindEnd(b: Binder, rows: Rows, { result: end }: QueryBody): Bound {
  const value = over(b, rows, end.value);
  if (end.kind === 'select')
    return {
      type: typeOf('IEnumerable', [value.type]),
      run: (r) => {
        const [source, compute] = [rows.run(r), value.make(r)];
        return new Sequence(value.type, function* () {
          for (const row of source()) yield compute(...row);
        });
      },
    };
  const by = over(b, rows, end.by);
  const grouping = typeOf('IGrouping', [by.type, value.type]);
  return {
    type: typeOf('IEnumerable', [grouping]),
    run: (r) => {
      const [source, compute, keyOf] = [rows.run(r), value.make(r), by.make(r)];
      return new Sequence(grouping, () => {
        const groups = new Map<V, Grouping>();
        for (const row of source()) {
          const key = keyOf(...row);
          const known = defaultComparer.keyOf(key);
          const group = groups.get(known) ?? new Grouping(grouping, key, []);
          group.items.push(compute(...row));
          groups.set(known, group);
        }
        return groups.values();
      });
    },
  };
}
