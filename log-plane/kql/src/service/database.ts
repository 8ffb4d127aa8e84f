import type { KqlType } from '@vigia/contract';
import type { KqlDatabase } from '../interface.ts';
import { type Globals, L, list, Sym } from './kusto.ts';

function scalarType(type: KqlType) {
  const types: Record<KqlType, Kusto.Language.Symbols.ScalarSymbol | null> = {
    bool: Sym.ScalarTypes.Bool,
    int: Sym.ScalarTypes.Int,
    long: Sym.ScalarTypes.Long,
    real: Sym.ScalarTypes.Real,
    decimal: Sym.ScalarTypes.Decimal,
    datetime: Sym.ScalarTypes.DateTime,
    timespan: Sym.ScalarTypes.TimeSpan,
    guid: Sym.ScalarTypes.Guid,
    string: Sym.ScalarTypes.String,
    dynamic: Sym.ScalarTypes.Dynamic,
  };
  return types[type];
}

/** Functions of Azure Monitor that name another place of tables. */
export const PLACES: readonly string[] = ['workspace', 'app', 'resource'];

/** What Microsoft's binder knows: our tables, and `workspace(name)` as a way to the same database. */
export function createGlobals(database: KqlDatabase): Globals {
  const functions = (database.functions ?? []).map(
    ({ name, parameters, body }) => new Sym.FunctionSymbol.$ctor16(name, `(${parameters})`, `{ ${body} }`, null),
  );
  const tables = database.tables.map(
    (table) =>
      new Sym.TableSymbol.$ctor4(
        table.name,
        table.columns.map(
          (column) => new Sym.ColumnSymbol(column.name, scalarType(column.type), null, null, null, null),
        ) as never,
      ),
  );
  const symbol = new Sym.DatabaseSymbol.ctor(database.name, [...tables, ...functions] as never);
  // `workspace('…')` and its likes are Azure Monitor's; which of them is here the binder says.
  const places = PLACES.map(
    (name) =>
      new Sym.FunctionSymbol.$ctor5(name, symbol, [new Sym.Parameter.$ctor2('name', Sym.ScalarTypes.String)] as never),
  );
  const base = L.GlobalState.Default;
  const globals = base
    ?.WithCluster(new Sym.ClusterSymbol.ctor('local', [symbol] as never))
    ?.WithDatabase(symbol)
    ?.WithFunctions([...list(base.Functions), ...places] as never)
    ?.WithCache();
  if (globals === null || globals === undefined) throw new Error('The Kusto language service has no global state.');
  return globals;
}
