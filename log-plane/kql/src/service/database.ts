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

/** What Microsoft's binder knows: our tables, and `workspace(name)` as a way to the same database. */
export function createGlobals(database: KqlDatabase): Globals {
  const tables = database.tables.map(
    (table) =>
      new Sym.TableSymbol.$ctor4(
        table.name,
        table.columns.map(
          (column) => new Sym.ColumnSymbol(column.name, scalarType(column.type), null, null, null, null),
        ) as never,
      ),
  );
  const symbol = new Sym.DatabaseSymbol.ctor(database.name, tables as never);
  const base = L.GlobalState.Default;
  const globals = base
    ?.WithCluster(new Sym.ClusterSymbol.ctor('local', [symbol] as never))
    ?.WithDatabase(symbol)
    ?.WithFunctions(list(base.Functions) as never)
    ?.WithCache();
  if (globals === null || globals === undefined) throw new Error('The Kusto language service has no global state.');
  return globals;
}
