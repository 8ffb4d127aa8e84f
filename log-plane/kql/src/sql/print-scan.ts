import type { Expr } from '../plan/expression.ts';
import type { ScanRelation } from '../plan/relation.ts';
import { SQL_TYPES } from './print-literal.ts';

/**
 * One recursion a row. Steps are looked at from the last to the first: a row that fits a step by the state of the step
 * before takes that state over, else it may go on in the step's own; the first step begins a new match.
 */
export function printScan(scan: ScanRelation, input: string, value: (expr: Expr) => string): string {
  const { steps, record, declared, matchId } = scan;
  const inputColumns = record.slice(0, record.length - declared.length).map(({ id }) => id);
  const flags: string[] = [];
  const own: string[] = [];
  for (const [index, step] of steps.entries()) {
    const { promoted } = step;
    flags.push(
      promoted === undefined
        ? `false as up_${index}`
        : `active_${index - 1} and coalesce(${value(promoted.condition)}, false) as up_${index}`,
    );
    const isKept = index + 1 < steps.length ? ` and not up_${index + 1}` : '';
    const mayGoOn = index === 0 ? 'true' : `active_${index}${isKept}`;
    own.push(`not up_${index} and ${mayGoOn} and coalesce(${value(step.own.condition)}, false) as on_${index}`);
  }
  const next: string[] = ['n + on_0::bigint as n'];
  for (const [index, step] of steps.entries()) {
    const isTaken = index + 1 < steps.length ? `up_${index + 1}` : 'false';
    const before = steps[index - 1];
    next.push(
      `case when up_${index} or on_${index} then true when ${isTaken} then false else active_${index} end as active_${index}`,
    );
    const first = index === 0 ? `when on_${index} then n` : '';
    next.push(
      `case when up_${index} then ${index === 0 ? '0' : `match_${index - 1}`} ${first} else match_${index} end as match_${index}`,
    );
    for (const [at, columns] of step.state.entries()) {
      const isLast = at === step.state.length - 1;
      columns.forEach((column, place) => {
        const current =
          place < inputColumns.length ? (inputColumns[place] ?? '') : `given_${index}_${place - inputColumns.length}`;
        const taken = isLast ? current : (before?.state[at]?.[place]?.id ?? 'null');
        const kept = isLast ? current : column.id;
        next.push(
          `case when up_${index} then ${taken} when on_${index} then ${kept} when ${isTaken} then ${initialOf(scan, place, value)} else ${column.id} end as ${column.id}`,
        );
      });
    }
  }
  const given = steps.flatMap((step, index) =>
    declared.map(({ column }, at) => {
      const mine = step.own.values[at];
      const theirs = step.promoted?.values[at];
      const ownSql = mine === undefined ? 'null' : value(mine);
      return `case when up_${index} then ${theirs === undefined ? 'null' : value(theirs)} else ${ownSql} end::${SQL_TYPES[column.type]} as given_${index}_${at}`;
    }),
  );
  const start = steps.flatMap((step, index) => [
    `false as active_${index}`,
    `0::bigint as match_${index}`,
    ...step.state.flatMap((columns) =>
      columns.map(
        (column, place) => `cast(${initialOf(scan, place, value)} as ${SQL_TYPES[column.type]}) as ${column.id}`,
      ),
    ),
  ]);
  const matchOf = (index: number) =>
    index === 0 ? 'n' : `case when up_${index} then match_${index - 1} else match_${index} end`;
  const outputs = steps.map((step, index) => {
    const values = declared.map((_, at) => `given_${index}_${at}`);
    const fields = ['m', ...values.map((_, at) => `d${at}`)];
    const cells = [matchOf(index), ...values];
    const hit = step.isOutput ? `up_${index} or on_${index}` : 'false';
    return `case when ${hit} then [{${fields.map((field, at) => `'${field}': ${cells[at]}`).join(', ')}}] else [] end`;
  });
  const all = outputs.reverse().reduce((a, b) => `list_concat(${a}, ${b})`);
  const emptyFields = ['m', ...declared.map((_, at) => `d${at}`)]
    .map(
      (field, at) =>
        `'${field}': cast(null as ${at === 0 ? 'bigint' : SQL_TYPES[declared[at - 1]?.column.type ?? 'string']})`,
    )
    .join(', ');
  const withDeclared = declared.map(({ column, expr }) => `${value(expr)} as ${column.id}`);
  const rows = `select *, row_number() over () as place${withDeclared.length === 0 ? '' : `, ${withDeclared.join(', ')}`} from (${input})`;
  const step = `select place, ${next.join(', ')}, ${all} as found from (select *, ${given.length === 0 ? '0 as no_given' : given.join(', ')} from (select *, ${own.join(', ')} from (select *, ${flags.join(', ')} from (select s.* exclude (place, found), r.* from machine s join scanned r on r.place = s.place + 1))))`;
  const begin = `select 0::bigint as place, 0::bigint as n, ${start.join(', ')}, list_slice([{${emptyFields}}], 1, 0) as found`;
  const machine = `with recursive scanned as materialized (${rows}), machine as (${begin} union all ${step})`;
  const read = [
    ...inputColumns.map((id) => `scanned.${id}`),
    ...declared.map(({ column }, at) => `hit.d${at} as ${column.id}`),
    `hit.m as ${matchId.id}`,
  ];
  return `${machine} select ${read.join(', ')} from (select place, unnest(found) as hit, generate_subscripts(found, 1) as nth from machine) hits join scanned on scanned.place = hits.place order by hits.place, hits.nth`;
}

function initialOf(scan: ScanRelation, place: number, value: (expr: Expr) => string): string {
  const { record, declared } = scan;
  const column = record[place];
  const initial = declared.find((one) => one.column === column);
  if (initial !== undefined) return value(initial.expr);
  return column?.type === 'string' ? "''" : 'null';
}
