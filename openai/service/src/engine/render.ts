import type { Part } from './explain.ts';
import type { Manner } from './manner.ts';
import { sentencesOf } from './words.ts';

/**
 * Parts → blocks as the manner wants them, one at a time: each but the last ends in a blank line, which no token of
 * the models' encodings reaches across.
 */
export function* render(parts: Iterable<Part>, manner: Manner): Generator<string> {
  let held: string | undefined;
  for (const block of framed(limited(parts, manner), manner)) {
    if (held !== undefined) yield `${held}\n\n`;
    held = manner.isUpperCase ? block.toUpperCase() : block;
  }
  if (held !== undefined) yield held;
}

function* framed(blocks: Iterable<string>, { opening, ending }: Manner): Generator<string> {
  let isFirst = true;
  for (const block of blocks) {
    yield isFirst && opening !== undefined ? `${opening} ${block}` : block;
    isFirst = false;
  }
  if (ending !== undefined) yield ending;
}

function* limited(parts: Iterable<Part>, manner: Manner): Generator<string> {
  let sentences = manner.mostSentences ?? Number.POSITIVE_INFINITY;
  let words = manner.mostWords ?? Number.POSITIVE_INFINITY;
  const isLimited = Number.isFinite(sentences) || Number.isFinite(words);
  let item = 0;
  for (const part of parts) {
    if (!isLimited) {
      if (part.kind === 'paragraph' && manner.list !== 'none') {
        yield sentencesOf(part.text)
          .map((sentence) => {
            item += 1;
            return `${manner.list === 'numbers' ? `${item}.` : '-'} ${sentence}`;
          })
          .join('\n');
      } else yield textOf(part, manner);
      continue;
    }
    const kept: string[] = [];
    for (const sentence of part.kind === 'list' ? part.items : sentencesOf(part.text)) {
      const count = sentence.split(/\s+/).length;
      if (sentences < 1 || words < 1) break;
      kept.push(
        count <= words
          ? sentence
          : `${sentence
              .split(/\s+/)
              .slice(0, words)
              .join(' ')
              .replace(/[,;:]$/, '')}…`,
      );
      sentences -= 1;
      words -= count;
    }
    if (kept.length > 0) {
      yield manner.list === 'none' ? kept.join(' ') : kept.map((sentence) => `- ${sentence}`).join('\n');
    }
    if (sentences < 1 || words < 1) return;
  }
}

function textOf(part: Part, manner: Manner): string {
  if (part.kind !== 'list') return part.text;
  const isNumbered = manner.list === 'numbers' || (manner.list === 'none' && part.isNumbered === true);
  const items = part.items.map((text, at) => `${isNumbered ? `${at + 1}.` : '-'} ${text}`);
  return [part.lead, ...items].join('\n');
}
