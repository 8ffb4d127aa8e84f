import type { Expr } from './expression.ts';
import type { Relation, SharedDefinition, SortKey } from './relation.ts';

/** How often each named relation is read, those that others read first. A definition's own reads count once. */
export function countUses(root: Relation): ReadonlyMap<SharedDefinition, number> {
  const uses = new Map<SharedDefinition, number>();
  const order: SharedDefinition[] = [];
  visit(root);
  return new Map(order.map((definition) => [definition, uses.get(definition) ?? 0]));

  function visit(relation: Relation): void {
    if (relation.kind === 'shared') {
      const before = uses.get(relation.definition) ?? 0;
      uses.set(relation.definition, before + 1);
      if (before === 0) {
        visit(relation.definition.relation);
        order.push(relation.definition);
      }
      return;
    }
    for (const expr of expressionsOf(relation)) visitExpression(expr);
    for (const input of inputsOf(relation)) visit(input);
  }

  function visitExpression(expr: Expr): void {
    if (expr.kind === 'scalar-subquery') visit(expr.input);
    else if (expr.kind === 'in-subquery') {
      visitExpression(expr.value);
      visit(expr.input);
    } else if (expr.kind === 'call' || expr.kind === 'window') expr.args.forEach(visitExpression);
    else if (expr.kind === 'path') visitExpression(expr.base);
  }
}

export function inputsOf(relation: Relation): readonly Relation[] {
  switch (relation.kind) {
    case 'table':
    case 'values':
    case 'range':
    case 'shared':
      return [];
    case 'union':
      return relation.inputs;
    case 'join':
      return [relation.left, relation.right];
    case 'filter':
    case 'project':
    case 'extend':
    case 'aggregate':
    case 'sort':
    case 'limit':
    case 'first-of-group':
    case 'expand':
    case 'series':
    case 'scan':
    case 'paths':
      return [relation.input];
  }
}

const ofKeys = (keys: readonly SortKey[]): readonly Expr[] => keys.map(({ expr }) => expr);

export function expressionsOf(relation: Relation): readonly Expr[] {
  switch (relation.kind) {
    case 'table':
    case 'shared':
    case 'union':
    case 'paths':
      return [];
    case 'values':
      return relation.rows.flat();
    case 'range':
      return [relation.from, relation.to, relation.step];
    case 'filter':
      return [relation.condition];
    case 'project':
      return relation.columns.map(({ expr }) => expr);
    case 'extend':
      return relation.added.map(({ expr }) => expr);
    case 'aggregate':
      return [...relation.keys.map(({ expr }) => expr), ...relation.aggregates.flatMap(({ args }) => args)];
    case 'sort':
      return ofKeys(relation.keys);
    case 'limit':
      return [relation.count, ...ofKeys(relation.order ?? [])];
    case 'first-of-group':
      return [...relation.keys, ...ofKeys(relation.order)];
    case 'join':
      return [
        ...relation.on.flatMap(({ left, right }) => [left, right]),
        ...(relation.condition === undefined ? [] : [relation.condition]),
      ];
    case 'scan':
      return [
        ...relation.declared.map(({ expr }) => expr),
        ...relation.steps.flatMap(({ own, promoted }) =>
          [own, ...(promoted === undefined ? [] : [promoted])].flatMap(({ condition, values }) => [
            condition,
            ...values,
          ]),
        ),
      ];
    case 'series':
      return [relation.from, relation.to, relation.step, ...relation.values.map(({ missing }) => missing)].filter(
        (expr) => expr !== undefined,
      );
    case 'expand':
      return [...relation.items.map(({ list }) => list), ...(relation.limit === undefined ? [] : [relation.limit])];
  }
}
