import { ExpressionError } from '../src/csharp.ts';
import { loadCSharp } from '../src/load-csharp.ts';
import { corpusContext } from './corpus-context.ts';
import { describeValue } from './describe-value.ts';

/** The outcome of an expression as one line: `Int32=5`, `ERR FormatException …`, `CE …`. */
export async function show(expression: string): Promise<string> {
  const csharp = await loadCSharp();
  const compiled = csharp.compile(expression);
  if (compiled.diagnostics.length > 0) return `CE ${compiled.diagnostics.map(({ message }) => message).join(' | ')}`;
  try {
    const described = describeValue(compiled.evaluate(corpusContext({})));
    const text: unknown = described.toString;
    const value = `${described.type.replace('System.', '')}=${JSON.stringify(described.value)}`;
    return typeof text === 'string' ? `${value} |${text}` : value;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `ERR ${error.type.replace('System.', '')} ${error.message}`;
  }
}
