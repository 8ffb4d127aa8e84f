import { tokensOf } from '../service/advice/situation.ts';
import { Ed, L, list } from '../service/kusto.ts';
import type { Document } from './document.ts';

/** One operator a line, two blanks of indentation. Undefined for a text with errors of syntax. */
export function format({ text, tree, service }: Document): string | undefined {
  const faults = list<Kusto.Language.Diagnostic>(tree.GetSyntaxDiagnostics());
  if (faults.some(({ Severity }) => Severity === 'Error')) return undefined;
  const options = Ed.FormattingOptions.Default?.WithInsertMissingTokens(false)
    ?.WithPipeOperatorStyle(Ed.PlacementStyle.NewLine)
    ?.WithIndentationSize(2);
  const written = service.GetFormattedText(options ?? null)?.Text?.replaceAll('\r\n', '\n');
  if (written === undefined) return undefined;
  // Formatting moves blanks, and nothing else.
  const again = L.KustoCode.Parse(written);
  const words = (of: typeof tree) =>
    tokensOf(of)
      .map((token) => token.text)
      .join('\n');
  return again !== null && words(again) === words(tree) ? written : text;
}
