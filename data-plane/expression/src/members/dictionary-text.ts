import type { Implementation } from '../member-table.ts';
import { bytesItems, given, Items, type V } from '../value/values.ts';
import { escapeData } from './uri.ts';

function toPairs(dictionary: V): readonly (readonly [string, string])[] {
  return [...given(dictionary).map.values()].flatMap(({ key, value }: V) =>
    value instanceof Items ? value.items.map((item) => [key, item] as const) : [[key, value ?? ''] as const],
  );
}
const formText = (text: string): string => escapeData(text).replaceAll('%20', '+');

/** API Management's extension methods of dictionaries. */
export const dictionaryExtensions: Record<string, Implementation> = {
  'ToQueryString():string': (d) => {
    const pairs = toPairs(d);
    return pairs.length === 0
      ? ''
      : `?${pairs.map(([name, value]) => `${escapeData(name)}=${escapeData(value)}`).join('&')}`;
  },
  'ToFormUrlEncodedContent():byte[]': (d) =>
    bytesItems(
      new Uint8Array(
        Buffer.from(
          toPairs(d)
            .map(([name, value]) => `${formText(name)}=${formText(value)}`)
            .join('&'),
          'utf8',
        ),
      ),
    ),
};
