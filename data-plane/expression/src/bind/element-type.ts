import { instanceOfGeneric } from '../convert/conversion.ts';
import { T, type Type, typeOf } from '../type/types.ts';

/** Non-generic collections of .NET: what `var` is over them. */
const elements: Readonly<Record<string, Type>> = {
  JObject: typeOf('KeyValuePair', [T.string, T.token]),
  MatchCollection: typeOf('Match'),
  GroupCollection: typeOf('Group'),
  CaptureCollection: typeOf('Capture'),
  VariableDictionary: typeOf('KeyValuePair', [T.string, T.object]),
  IEnumerator: T.object,
};
export function elementTypeOf(type: Type): Type | undefined {
  if (type.name === '[]') return type.args[0];
  if (type.name.startsWith('[')) return type.args[0];
  return elements[type.name] ?? instanceOfGeneric(type, 'IEnumerable')?.args[0];
}
