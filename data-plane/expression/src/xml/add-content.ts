import { jsonDate } from '../text/date-format.ts';
import { roundTripText } from '../text/number-digits.ts';
import { boxedText } from '../text/to-text.ts';
import { enumerate } from '../value/enumerate.ts';
import { Boxed, box, DateTime, DateTimeOffset, Items, raise, Sequence, TimeSpan, type V } from '../value/values.ts';
import { XAttribute, type XContainer, XDocument, XElement, XNode } from './tree.ts';

/** A value as XML Schema writes it: `true`, `1.5`, `2024-05-06T07:08:09Z`. */
export function contentText(value: V): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Boxed && (value.type.name === 'double' || value.type.name === 'float')) {
    const text = roundTripText(value.value, value.type.name === 'float');
    return text === 'Infinity' ? 'INF' : text === '-Infinity' ? '-INF' : text;
  }
  if (value instanceof DateTime || value instanceof DateTimeOffset) return jsonDate(value);
  if (value instanceof TimeSpan) return durationText(value);
  return boxedText(value);
}

function durationText({ ticks }: TimeSpan): string {
  const size = ticks < 0n ? -ticks : ticks;
  const part = (count: bigint, letter: string): string => (count > 0n ? `${count}${letter}` : '');
  const seconds = (size / 10_000_000n) % 60n;
  const fraction = (size % 10_000_000n).toString().padStart(7, '0').replace(/0+$/, '');
  const days = part(size / 864_000_000_000n, 'D');
  const clock =
    part((size / 36_000_000_000n) % 24n, 'H') +
    part((size / 600_000_000n) % 60n, 'M') +
    (seconds > 0n || fraction ? `${seconds}${fraction ? `.${fraction}` : ''}S` : '');
  return `${ticks < 0n ? '-' : ''}P${days}${clock || days === '' ? `T${clock || '0S'}` : ''}`;
}

/** `Add(object)`: nodes, attributes, sequences of them, and whatever else as text. */
export function addContent(parent: XContainer, content: V, at?: number): number {
  let place = at ?? parent.nodes.length;
  if (content === null || content === undefined) return place;
  if (content instanceof XAttribute) {
    if (!(parent instanceof XElement)) return raise('ArgumentException', 'An attribute cannot be added to content.');
    parent.addAttribute(content);
  } else if (content instanceof XNode) {
    parent.addNode(content, place);
    place++;
  } else if (isSequence(content)) {
    const element = (content as Items).type.args[0];
    for (const item of [...enumerate(content)]) place = addContent(parent, element ? box(element, item) : item, place);
  } else if (parent instanceof XElement) {
    parent.addText(contentText(content));
    place = parent.nodes.length;
  } else if (parent instanceof XDocument) {
    raise('ArgumentException', 'Non-whitespace characters cannot be added to content.');
  }
  return place;
}
const isSequence = (value: V): boolean =>
  value instanceof Items || value instanceof Sequence || value?.type?.name === 'HashSet';
