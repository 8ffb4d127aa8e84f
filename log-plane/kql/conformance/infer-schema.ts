import type { KqlColumn, KqlType } from '@vigia/contract';
import type { KqlDatabase, KqlTable } from '../src/interface.ts';
import { createGlobals } from '../src/service/database.ts';
import { type Expression, elements, kindOf, L, list, Sym, Syn, type SyntaxNode, textOf } from '../src/service/kusto.ts';
import { isTolerated } from '../src/service/tolerated.ts';
import { SQL_TYPES } from '../src/sql/print-literal.ts';
import { printName } from '../src/sql/print-name.ts';

/** Analyses of one text until its schema is given up; long texts take long. */
const maxRounds = (text: string): number => (text.length > 3000 ? 10 : 24);

const TYPE_ORDER: readonly KqlType[] = ['string', 'long', 'datetime', 'dynamic', 'real', 'bool', 'timespan', 'int'];

interface Finding {
  readonly code: string;
  readonly start: number;
  readonly length: number;
}

/**
 * A schema under which a published query makes sense: known tables as they are, unknown ones from how the query uses
 * them. Columns are given to every unknown table of the text, their types from their uses and, while the analyser
 * finds an operator or argument of the wrong type, by trial. Each table is an empty relation.
 */
export function inferDatabase(text: string, known: readonly KqlTable[], names: readonly string[]): KqlDatabase {
  const tables = new Map(known.filter(({ name }) => text.includes(name)).map((table) => [table.name, table]));
  const declared = new Set<string>();
  const unknown = new Set(names.filter((name) => !tables.has(name) && /^\w+$/.test(name) && name !== 'externaldata'));
  if (unknown.size === 0 && tables.size === 0 && /\b(union|search|find)\b/.test(text)) unknown.add('AnyTable');
  const types = new Map<string, KqlType>(unknown.size === 0 ? [] : [['TimeGenerated', 'datetime']]);
  const tried = new Map<string, Set<KqlType>>();
  let best: { readonly errors: number; readonly types: ReadonlyMap<string, KqlType> } | undefined;
  for (let round = 0; round < maxRounds(text); round++) {
    const code = L.KustoCode.ParseAndAnalyze(text, createGlobals(build(tables, unknown, types)));
    if (code?.Syntax === null || code === null) break;
    const errors = list<Kusto.Language.Diagnostic>(code.GetDiagnostics())
      .filter((found) => found.Severity === 'Error' && !isTolerated(code.Syntax, found))
      .map((found): Finding => ({ code: found.Code ?? '', start: found.Start, length: found.Length }));
    if (best === undefined || errors.length < best.errors) best = { errors: errors.length, types: new Map(types) };
    if (errors.length === 0) break;
    const isChanged =
      dropDeclared(code.Syntax, errors, { types, declared }) ||
      addNames(code.Syntax, errors, { unknown, types, declared });
    if (!isChanged && !retype(code.Syntax, errors, types, tried)) break;
    if (round < 6) best = undefined;
  }
  return build(tables, unknown, best?.types ?? types);
}

function build(
  tables: ReadonlyMap<string, KqlTable>,
  unknown: ReadonlySet<string>,
  types: ReadonlyMap<string, KqlType>,
): KqlDatabase {
  const columns = [...types].map(([name, type]): KqlColumn => ({ name, type }));
  return {
    name: 'Workspace',
    tables: [
      ...[...tables.values()].map((table) => emptyTable(table.name, withMissing(table, columns, unknown.size === 0))),
      ...[...unknown].map((name) => emptyTable(name, columns)),
    ],
  };
}

/** Known tables of Azure have columns that no page lists (AzureDiagnostics gets one for each property). */
function withMissing(table: KqlTable, columns: readonly KqlColumn[], isAlone: boolean): readonly KqlColumn[] {
  const has = new Set(table.columns.map(({ name }) => name));
  const isOpen = table.name === 'AzureDiagnostics' || isAlone;
  return isOpen ? [...table.columns, ...columns.filter(({ name }) => !has.has(name))] : table.columns;
}

export function emptyTable(name: string, columns: readonly KqlColumn[]): KqlTable {
  const cells = columns.map((column) => `cast(null as ${SQL_TYPES[column.type]}) as ${printName(column.name)}`);
  return { name, columns, relation: `(select ${cells.join(', ') || '1 as nothing'} where false)` };
}

/** Names that the analyser does not know become tables or columns. True where one was new. */
function addNames(
  root: SyntaxNode,
  errors: readonly Finding[],
  { unknown, types, declared }: { unknown: Set<string>; types: Map<string, KqlType>; declared: Set<string> },
): boolean {
  let isNew = false;
  for (const { code, start } of errors) {
    if (code !== 'KS204' && code !== 'KS142') continue;
    const node = nameAt(root, start);
    const name = node?.SimpleName ?? '';
    if (node === undefined || name === '' || name.includes('*')) continue;
    if (code === 'KS204' || isTablePlace(node)) {
      if (!unknown.has(name)) {
        unknown.add(name);
        if (!types.has('TimeGenerated')) types.set('TimeGenerated', 'datetime');
        isNew = true;
      }
    } else if (!types.has(name) && !declared.has(name) && !isSelector(node)) {
      types.set(name, guessType(root, name));
      isNew = true;
    }
  }
  return isNew;
}

/** The part after a dot is no column: it comes right when its base has become dynamic. */
function isSelector(node: SyntaxNode): boolean {
  const { Parent: parent } = node;
  if (!(parent instanceof Syn.PathExpression) || parent.Selector !== node) return false;
  return !/^\$(left|right)$/.test(textOf(parent.Expression).trim());
}

/** A name that the query itself declares (project-rename a = b) is no column of the table. */
function dropDeclared(
  root: SyntaxNode,
  errors: readonly Finding[],
  { types, declared }: { types: Map<string, KqlType>; declared: Set<string> },
): boolean {
  let isChanged = false;
  for (const { code, start, length } of errors) {
    if (code !== 'KS171') continue;
    walk(root, (node) => {
      if (!(node instanceof Syn.NameDeclaration) || node.TextStart < start || node.End > start + length) return;
      const name = node.SimpleName ?? '';
      if (!types.delete(name)) return;
      declared.add(name);
      isChanged = true;
    });
  }
  return isChanged;
}

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (let index = 0; index < node.ChildCount; index++) {
    const child = node.GetChild(index);
    if (child !== null) walk(child as SyntaxNode, visit);
  }
}

function nameAt(root: SyntaxNode, start: number): Kusto.Language.Syntax.NameReference | undefined {
  let found: Kusto.Language.Syntax.NameReference | undefined;
  walk(root, (node) => {
    if (node instanceof Syn.NameReference && node.TextStart === start) found = node;
  });
  return found;
}

const TABLE_PARENTS = new Set([
  'UnionOperator',
  'JoinOperator',
  'LookupOperator',
  'ExpressionStatement',
  'LetStatement',
]);

function isTablePlace(node: SyntaxNode): boolean {
  let parent = node.Parent;
  while (parent !== null && /List|SeparatedElement|Parenthesized/.test(kindOf(parent))) parent = parent.Parent;
  if (parent === null) return false;
  if (parent instanceof Syn.PipeExpression) return parent.Expression === node;
  return TABLE_PARENTS.has(kindOf(parent));
}

/** By each use: what it is compared with, what it is an argument of; else by its name. */
function guessType(root: SyntaxNode, name: string): KqlType {
  const votes = new Map<KqlType, number>();
  walk(root, (node) => {
    if (!(node instanceof Syn.NameReference) || node.SimpleName !== name) return;
    const vote = typeOfUse(node);
    if (vote !== undefined) votes.set(vote, (votes.get(vote) ?? 0) + 1);
  });
  const [first] = [...votes].sort((a, b) => b[1] - a[1]);
  return first?.[0] ?? typeOfName(name);
}

function typeOfName(name: string): KqlType {
  if (/_d$/.test(name)) return 'real';
  if (/_b$/.test(name)) return 'bool';
  if (/_t$/.test(name) || /(Time|Timestamp|Date|DateTime|TimeGenerated)$/.test(name) || name === 'timestamp')
    return 'datetime';
  if (/^(Is|Has)[A-Z]/.test(name)) return 'bool';
  if (/^(properties|tags|identity|sku|AdditionalFields|customDimensions|customMeasurements|Properties)$/.test(name))
    return 'dynamic';
  return 'string';
}

const DATETIME_CALLS = /^(startof|endof|format_datetime|datetime_|dayof|hourofday|getyear|monthofyear|week)/;
const NUMBER_CALLS = /^(sum|avg|stdev|variance|percentile|round|floor|ceiling|log|sqrt|pow|abs)/;
const TEXT_CALLS =
  /^(tolower|toupper|strlen|split|substring|extract|replace|trim|parse_|isempty|isnotempty|indexof|todatetime)/;

function typeOfUse(node: SyntaxNode): KqlType | undefined {
  const parent = realParent(node);
  if (parent === null) return undefined;
  const kind = kindOf(parent);
  if (parent instanceof Syn.PathExpression || parent instanceof Syn.ElementExpression)
    return parent.Expression === node ? 'dynamic' : undefined;
  if (parent instanceof Syn.MvExpandExpression || kind === 'MvApplyExpression') return 'dynamic';
  if (parent instanceof Syn.BetweenExpression) return valueType(parent.Right?.First ?? null);
  if (parent instanceof Syn.InExpression) return valueType(elements<Expression>(parent.Right?.Expressions)[0] ?? null);
  if (parent instanceof Syn.FilterOperator) return 'bool';
  if (parent instanceof Syn.BinaryExpression) {
    if (/^(And|Or)Expression$/.test(kind)) return 'bool';
    if (/Has|Contains|StartsWith|EndsWith|Tilde|Matches/.test(kind)) return 'string';
    const other = valueType(parent.Left === node ? parent.Right : parent.Left);
    if (/^(Multiply|Divide|Modulo)/.test(kind)) return other === 'timespan' ? 'timespan' : 'real';
    if (other === 'timespan') return 'datetime';
    return other;
  }
  if (parent instanceof Syn.FunctionCallExpression) {
    const called = parent.Name?.SimpleName ?? '';
    const [, second] = elements<Expression>(parent.ArgumentList?.Expressions);
    if (called === 'bin') return valueType(second ?? null) === 'timespan' ? 'datetime' : 'real';
    if (DATETIME_CALLS.test(called)) return 'datetime';
    if (NUMBER_CALLS.test(called)) return 'real';
    if (TEXT_CALLS.test(called)) return 'string';
    if (called === 'not') return 'bool';
  }
  return undefined;
}

function realParent(node: SyntaxNode): SyntaxNode | null {
  let parent = node.Parent;
  while (parent !== null && /List$|SeparatedElement|Parenthesized/.test(kindOf(parent)) && parent.Parent !== null)
    parent = parent.Parent;
  return parent;
}

function valueType(node: Expression | null): KqlType | undefined {
  if (node === null) return undefined;
  const text = textOf(node);
  if (/^(ago|now|datetime|startof|endof|todatetime)/.test(text)) return 'datetime';
  const name = node.ResultType?.Name ?? '';
  if (name === 'int') return 'long';
  return node.ResultType instanceof Sym.ScalarSymbol && name in SQL_TYPES ? (name as KqlType) : undefined;
}

/** A column that does not fit what it is compared with takes the type of the other side. */
function otherSide(
  root: SyntaxNode,
  start: number,
  length: number,
  types: ReadonlyMap<string, KqlType>,
): { readonly name: string; readonly type: KqlType } | undefined {
  let found: { readonly name: string; readonly type: KqlType } | undefined;
  walk(root, (node) => {
    if (
      !(node instanceof Syn.BinaryExpression) ||
      node.TextStart > start ||
      node.End < start + length ||
      node.Width > 200
    )
      return;
    for (const [side, other] of [
      [node.Left, node.Right],
      [node.Right, node.Left],
    ]) {
      const name = side instanceof Syn.NameReference ? (side.SimpleName ?? '') : '';
      const type = types.has(name) ? valueType(other ?? null) : undefined;
      if (type !== undefined && type !== types.get(name)) found = { name, type };
    }
  });
  return found;
}

/** One inferred column within the first errors takes the next type that was not tried. */
function retype(
  root: SyntaxNode,
  errors: readonly Finding[],
  types: Map<string, KqlType>,
  tried: Map<string, Set<KqlType>>,
): boolean {
  for (const { start, length } of errors) {
    const names = new Set<string>();
    const wanted = otherSide(root, start, length, types);
    if (wanted !== undefined && !tried.get(wanted.name)?.has(wanted.type)) {
      tried.set(
        wanted.name,
        new Set([...(tried.get(wanted.name) ?? [types.get(wanted.name) ?? 'string']), wanted.type]),
      );
      types.set(wanted.name, wanted.type);
      return true;
    }
    walk(root, (node) => {
      const isWithin = node.TextStart >= start && node.TextStart < start + Math.max(1, length);
      const isAround = node instanceof Syn.BinaryExpression && node.TextStart <= start && node.End >= start + length;
      if (isWithin && node instanceof Syn.NameReference && types.has(node.SimpleName ?? ''))
        names.add(node.SimpleName ?? '');
      if (isAround && node.Width < 120)
        walk(node, (inner) => {
          if (inner instanceof Syn.NameReference && types.has(inner.SimpleName ?? ''))
            names.add(inner.SimpleName ?? '');
        });
    });
    for (const name of names) {
      const before = tried.get(name) ?? new Set([types.get(name) ?? 'string']);
      tried.set(name, before);
      const next = TYPE_ORDER.find((type) => !before.has(type));
      if (next === undefined) continue;
      before.add(next);
      types.set(name, next);
      return true;
    }
  }
  return false;
}
