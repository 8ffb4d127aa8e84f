import type { Tokenizer } from '@vigia/tokenizer';
import { type FilterResult, filterCompletion } from './content-filter.ts';

export type FinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls';

/** What a stream sends at a time: one token (or the few that make up one character). */
export interface Piece {
  readonly text: string;
  readonly tokens: number;
  readonly filter: FilterResult;
}

export interface GenerationLimits {
  /** Tokens that the answer may have; undefined: what the window leaves. */
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

/** One choice on its way: pieces come out, and when they end `finishReason`, `text` and `tokens` hold. */
export interface Generation {
  pieces(): Generator<Piece, void>;
  readonly text: string;
  /** Exactly the tokens of `text`. */
  readonly tokens: number;
  readonly finishReason: FinishReason;
  readonly filter: FilterResult;
}

/**
 * Cuts what the engine writes at a stop sequence, at the token limit, or where the content filter objects.
 * `blocks` are paragraphs, each but the last ending in line breaks: there the tokenizer's own split lies, so tokens
 * counted block by block are the tokens of the whole.
 */
export function generate(blocks: Iterable<string>, limits: GenerationLimits, tokenizer: Tokenizer): Generation {
  const state = { text: '', tokens: 0, finishReason: 'stop' as FinishReason, filter: filterCompletion('') };

  function* pieces(): Generator<Piece, void> {
    for (const block of untilStop(blocks, limits)) {
      const filter = filterCompletion(block);
      if (filter.isFiltered) {
        state.filter = filter;
        state.finishReason = 'content_filter';
        return;
      }
      if (severityOf(filter) > severityOf(state.filter)) state.filter = filter;
      const whole = tokenizer.pieces(block);
      const room = limits.maxTokens - state.tokens;
      const fits = whole.reduce((sum, piece) => sum + piece.tokens, 0) <= room;
      const before = state.tokens;
      const cut = fits ? undefined : cutAt(whole, room, tokenizer);
      for (const piece of cut?.pieces ?? whole) {
        state.text += piece.text;
        state.tokens += piece.tokens;
        yield { ...piece, filter };
      }
      if (cut !== undefined) {
        state.finishReason = 'length';
        state.tokens = before + cut.tokens;
        return;
      }
    }
  }

  return {
    pieces,
    get text() {
      return state.text;
    },
    get tokens() {
      return state.tokens;
    },
    get finishReason() {
      return state.finishReason;
    },
    get filter() {
      return state.filter;
    },
  };
}

/** The whole of it, with pauses in which others run. */
export async function finish(generation: Generation, breathe: () => Promise<void>): Promise<Generation> {
  for (const _ of generation.pieces()) await breathe();
  return generation;
}

type Whole = readonly { readonly text: string; readonly tokens: number }[];

/**
 * The pieces that fit. What is sent must count what is told, and a cut can leave a tail that encodes otherwise than it
 * did inside the whole: then the nearest border at which the limit is kept, to the token where there is one.
 */
function cutAt(pieces: Whole, room: number, tokenizer: Tokenizer): { readonly pieces: Whole; readonly tokens: number } {
  let tokens = 0;
  let end = 0;
  for (const piece of pieces) {
    if (tokens + piece.tokens > room) break;
    tokens += piece.tokens;
    end += 1;
  }
  const to = (count: number) => {
    const kept = pieces.slice(0, count);
    return { pieces: kept, tokens: tokenizer.count(kept.map((piece) => piece.text).join('')) };
  };
  const [nearest, ...others] = [end, end + 1, end + 2, end - 1, end - 2].filter(
    (one) => one >= 0 && one <= pieces.length,
  );
  const whole = to(nearest ?? 0);
  if (whole.tokens === room) return whole;
  const exact = others.map(to).find((one) => one.tokens === room);
  if (exact !== undefined) return exact;
  for (let less = end; less > 0; less -= 1) {
    const kept = to(less);
    if (kept.tokens <= room) return kept;
  }
  return { pieces: [], tokens: 0 };
}

/**
 * The text up to the first stop sequence. A block is held back while a sequence that began in it may end in the next
 * one, so that a stream stays a stream.
 */
function* untilStop(blocks: Iterable<string>, { stop }: GenerationLimits): Generator<string> {
  const stops = stop.filter((one) => one !== '');
  if (stops.length === 0) {
    yield* blocks;
    return;
  }
  const overlap = Math.max(...stops.map((one) => one.length)) - 1;
  let held: string[] = [];
  for (const block of blocks) {
    held.push(block);
    const text = held.join('');
    const places = stops.map((one) => text.indexOf(one)).filter((place) => place >= 0);
    if (places.length > 0) {
      yield* upTo(held, Math.min(...places));
      return;
    }
    let left = text.length;
    while (held[0] !== undefined && left - held[0].length >= overlap) {
      left -= held[0].length;
      yield held[0];
      held = held.slice(1);
    }
  }
  yield* held;
}

function* upTo(blocks: readonly string[], length: number): Generator<string> {
  let left = length;
  for (const block of blocks) {
    if (left <= 0) return;
    yield block.slice(0, left);
    left -= block.length;
  }
}

const order = ['safe', 'low', 'medium', 'high'];
const severityOf = (filter: FilterResult) =>
  Math.max(...Object.values(filter.result).map((one) => ('severity' in one ? order.indexOf(one.severity) : 0)));
