import type { TextEdit } from '../service/advice/edits.ts';
import { Ed, list, nameOfValue } from '../service/kusto.ts';
import type { Document } from './document.ts';
import type { TextRange } from './interface.ts';

interface Related extends TextRange {
  readonly isDeclaration: boolean;
}

function relatedAt({ service }: Document, position: number): readonly Related[] {
  return list<Kusto.Language.Editor.RelatedElement>(service.GetRelatedElements(position)?.Elements)
    .map((element) => ({
      kind: nameOfValue(Ed.RelatedElementKind, element.Kind),
      start: element.Start,
      length: element.Length,
    }))
    .filter(({ kind }) => kind === 'Declaration' || kind === 'Reference')
    .map(({ kind, start, length }) => ({ start, length, isDeclaration: kind === 'Declaration' }))
    .sort((a, b) => a.start - b.start);
}

export function definition(document: Document, position: number): TextRange | undefined {
  const found = relatedAt(document, position).find(({ isDeclaration }) => isDeclaration);
  return found === undefined ? undefined : { start: found.start, length: found.length };
}

export function references(document: Document, position: number): readonly TextRange[] {
  return relatedAt(document, position).map(({ start, length }) => ({ start, length }));
}

export function rename(document: Document, position: number, name: string): readonly TextEdit[] | undefined {
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const places = relatedAt(document, position);
  if (!places.some(({ isDeclaration }) => isDeclaration)) return undefined;
  return places.map(({ start, length }) => ({ start, length, text: name }));
}
