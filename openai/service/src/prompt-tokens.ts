import type { JsonValue } from '@vigia/contract';
import type { ChatMessageLike, Tokenizer } from '@vigia/tokenizer';

/** Shorter texts are counted at once: some milliseconds. */
const LONG = 48_000;
/** A border is looked for in this many characters before the end of a part. */
const SEARCH = 2_000;

type Breathe = () => Promise<void>;

/**
 * Tokens of a text of any length, in parts between which others run. Parts end where both encodings split in any case
 * (between a letter and a blank before a letter, or after a line break before a letter), so the sum is exact; a text
 * without such a place stays in one part.
 */
export async function countTokens(text: string, tokenizer: Tokenizer, breathe: Breathe): Promise<number> {
  let sum = 0;
  let start = 0;
  while (text.length - start > LONG) {
    const end = borderBefore(text, start + LONG);
    if (end === undefined) break;
    sum += tokenizer.count(text.slice(start, end));
    start = end;
    await breathe();
  }
  return sum + tokenizer.count(start === 0 ? text : text.slice(start));
}

function borderBefore(text: string, end: number): number | undefined {
  const from = end - SEARCH;
  const part = text.slice(from, end + 1);
  let found: number | undefined;
  for (const match of part.matchAll(/(?<=\p{L}) (?=\p{L})|(?<=\n)(?=\p{L})/gu)) found = from + match.index;
  return found;
}

/** Tokens of a chat as `Tokenizer.countChatPrompt` counts them, long texts of it in parts. */
export async function countChat(
  messages: readonly ChatMessageLike[],
  {
    tools,
    tokenizer,
    breathe,
  }: { readonly tools: readonly JsonValue[] | undefined; readonly tokenizer: Tokenizer; readonly breathe: Breathe },
): Promise<number> {
  let sum = 0;
  const rest: ChatMessageLike[] = [];
  for (const message of messages) {
    const { role, content } = message;
    // A system message is counted together with the tools.
    if (typeof content !== 'string' || content.length <= LONG || (role === 'system' && tools !== undefined)) {
      rest.push(message);
      continue;
    }
    sum += await countTokens(content, tokenizer, breathe);
    rest.push({ ...message, content: '' });
  }
  return sum + tokenizer.countChatPrompt(rest, tools);
}
