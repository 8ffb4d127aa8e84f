import { type Token, tokensOf } from '../service/advice/situation.ts';
import { type Globals, list, Sym } from '../service/kusto.ts';
import { type Document, symbolAt } from './document.ts';
import type { Signature, SignatureHelp } from './interface.ts';

type FunctionSymbol = Kusto.Language.Symbols.FunctionSymbol;

/** The call around a place: its name, and how many commas stand before the place. */
function callAround(tokens: readonly Token[], position: number): { name: Token; argument: number } | undefined {
  const open: { readonly index: number; commas: number }[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.end > position) break;
    if (/^[([{]$/.test(token.text)) open.push({ index, commas: 0 });
    else if (/^[)\]}]$/.test(token.text)) open.pop();
    else if (token.text === ',') {
      const last = open.at(-1);
      if (last !== undefined) last.commas += 1;
    } else if (token.text === ';') open.length = 0;
  }
  for (const { index, commas } of open.reverse()) {
    const name = tokens[index - 1];
    if (tokens[index]?.text === '(' && name !== undefined && /^[A-Za-z_][\w-]*$/.test(name.text))
      return { name, argument: commas };
  }
  return undefined;
}

export function signatureAt(document: Document, globals: Globals, position: number): SignatureHelp | undefined {
  const call = callAround(tokensOf(document.tree), position);
  const symbol = call === undefined ? undefined : functionOf(document, globals, call.name);
  if (call === undefined || symbol === undefined) return undefined;
  const found = list<Kusto.Language.Symbols.Signature>(symbol.Signatures);
  const signatures = found.map((signature) => describe(symbol, signature));
  if (signatures.length === 0) return undefined;
  const fitting = found.findIndex(
    (signature, index) =>
      signature.HasRepeatableParameters || call.argument < (signatures[index]?.parameters.length ?? 0),
  );
  const active = Math.max(0, fitting);
  const last = Math.max(0, (signatures[active]?.parameters.length ?? 1) - 1);
  return { signatures, active, parameter: Math.min(call.argument, last) };
}

function functionOf(document: Document, globals: Globals, name: Token): FunctionSymbol | undefined {
  const symbol = symbolAt(document.tree, name.start);
  if (symbol instanceof Sym.FunctionSymbol) return symbol;
  if (symbol instanceof Sym.VariableSymbol && symbol.Type instanceof Sym.FunctionSymbol) return symbol.Type;
  // An unfinished call is not bound.
  const known = [globals.Functions, globals.Aggregates, globals.PlugIns, globals.Database?.Functions];
  return known.flatMap((symbols) => list<FunctionSymbol>(symbols)).find((symbol) => symbol.Name === name.text);
}

function describe(symbol: FunctionSymbol, signature: Kusto.Language.Symbols.Signature): Signature {
  let label = `${symbol.Name}(`;
  const parameters: { start: number; length: number }[] = [];
  for (const parameter of list<Kusto.Language.Symbols.Parameter>(signature.Parameters)) {
    if (parameters.length > 0) label += ', ';
    const types = list<{ readonly Name: string | null }>(parameter.DeclaredTypes).map(({ Name }) => Name ?? '');
    const typed = types.length === 1 && types[0] !== '' ? `: ${types[0]}` : '';
    const repeats = parameter.MaxOccurring > 1 ? ', …' : '';
    const text = `${parameter.Name}${typed}`;
    parameters.push({ start: label.length + (parameter.IsOptional ? 1 : 0), length: text.length });
    label += parameter.IsOptional ? `[${text}]${repeats}` : `${text}${repeats}`;
  }
  const returns = (signature.DeclaredReturnType as { readonly Name?: string | null } | null)?.Name ?? '';
  return { label: `${label})${returns === '' ? '' : `: ${returns}`}`, parameters };
}
