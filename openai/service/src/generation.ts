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
      for (const piece of fits ? whole : cutAt(whole, room, tokenizer)) {
        state.text += piece.text;
        state.tokens += piece.tokens;
        yield { ...piece, filter };
      }
      if (!fits) {
        state.finishReason = 'length';
        // A cut can leave a tail that encodes otherwise than the whole did; what is told is what was sent.
        state.tokens = tokenizer.count(state.text);
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

/** The whole of it at once. */
export function finish(generation: Generation): Generation {
  for (const _ of generation.pieces());
  return generation;
}

type Whole = readonly { readonly text: string; readonly tokens: number }[];

/** The pieces that fit; where their text would encode to another count, the next border that keeps it. */
function cutAt(pieces: Whole, room: number, tokenizer: Tokenizer): Whole {
  let tokens = 0;
  let end = 0;
  for (const piece of pieces) {
    if (tokens + piece.tokens > room) break;
    tokens += piece.tokens;
    end += 1;
  }
  const textTo = (count: number) =>
    pieces
      .slice(0, count)
      .map((piece) => piece.text)
      .join('');
  if (end === 0 || tokenizer.count(textTo(end)) === room) return pieces.slice(0, end);
  for (const near of [end + 1, end + 2, end - 1, end - 2]) {
    if (near > 0 && near <= pieces.length && tokenizer.count(textTo(near)) === room) {
      return pieces.slice(0, near);
    }
  }
  return pieces.slice(0, end);
}

/** With stop sequences the text is looked at whole (up to the limit), because one may lie across two blocks. */
function* untilStop(blocks: Iterable<string>, { stop, maxTokens }: GenerationLimits): Generator<string> {
  const stops = stop.filter((one) => one !== '');
  if (stops.length === 0) {
    yield* blocks;
    return;
  }
  const enough = maxTokens * 16;
  let text = '';
  for (const block of blocks) {
    const from = Math.max(0, text.length - Math.max(...stops.map((one) => one.length)));
    text += block;
    const places = stops.map((one) => text.indexOf(one, from)).filter((place) => place >= 0);
    if (places.length > 0) {
      const kept = text.slice(0, Math.min(...places));
      if (kept !== '') yield kept;
      return;
    }
    if (text.length > enough) break;
  }
  if (text !== '') yield text;
}

const order = ['safe', 'low', 'medium', 'high'];
const severityOf = (filter: FilterResult) =>
  Math.max(...Object.values(filter.result).map((one) => ('severity' in one ? order.indexOf(one.severity) : 0)));
