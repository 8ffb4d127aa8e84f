import { Ed, list, nameOfValue } from '../service/kusto.ts';
import type { Document } from './document.ts';
import type { ColoredRange, ColorKind } from './interface.ts';

const KINDS: Readonly<Record<string, ColorKind>> = {
  Comment: 'comment',
  Directive: 'comment',
  Punctuation: 'punctuation',
  Literal: 'literal',
  StringLiteral: 'string',
  Type: 'type',
  Column: 'column',
  SchemaMember: 'column',
  Table: 'table',
  MaterializedView: 'table',
  Database: 'table',
  Function: 'function',
  Parameter: 'parameter',
  SignatureParameter: 'parameter',
  QueryParameter: 'parameter',
  ClientParameter: 'parameter',
  Variable: 'variable',
  Identifier: 'variable',
  ScalarOperator: 'operator',
  MathOperator: 'operator',
  QueryOperator: 'queryOperator',
  Command: 'keyword',
  Keyword: 'keyword',
  Option: 'keyword',
};

export function classify({ text, service }: Document): readonly ColoredRange[] {
  const found = service.GetClassifications(0, text.length)?.Classifications;
  return list<Kusto.Language.Editor.ClassifiedRange>(found).map(({ Start, Length, Kind }) => ({
    start: Start,
    length: Length,
    kind: KINDS[nameOfValue(Ed.ClassificationKind, Kind)] ?? 'plain',
  }));
}
