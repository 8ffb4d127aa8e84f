import type { KqlType } from '@vigia/contract';
import { list, Sym, type SyntaxNode, textOf } from '../../service/kusto.ts';
import type { BindContext, Scope } from '../context.ts';
import { kqlType } from '../types.ts';

export interface ResultColumn {
  readonly name: string;
  readonly type: KqlType;
}

/** Names and types of a node's rows as Microsoft's analyser has them: names are read, never computed. */
export function resultColumns(context: BindContext, node: SyntaxNode, scope: Scope): readonly ResultColumn[] {
  const type = (node as { readonly ResultType?: unknown }).ResultType;
  if (!(type instanceof Sym.TableSymbol))
    return context.refuse(node, scope, textOf(node).slice(0, 40), 'The columns of this operator are not known.');
  return list<Kusto.Language.Symbols.ColumnSymbol>(type.Columns).map((column) => ({
    name: column.Name ?? '',
    type: kqlType(column.Type as never) ?? 'dynamic',
  }));
}
