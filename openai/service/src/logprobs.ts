/**
 * Log probabilities of a text that no model weighed: a number drawn from each token and its place, likelier for short
 * and frequent-looking tokens, so that shapes and sums behave as a client expects. Simulated, as the answer is.
 */
interface TokenLogprob {
  readonly bytes: readonly number[];
  readonly logprob: number;
  readonly token: string;
}

const encoder = new TextEncoder();
const alternatives = [
  ' the',
  ' a',
  ',',
  ' and',
  ' of',
  '.',
  ' to',
  ' in',
  ' is',
  ' that',
  ' for',
  '\n',
  ' with',
  ' as',
  ' on',
  ' de',
  ' que',
  ' o',
  ' e',
  ' um',
];

/** `from`: how many pieces came before, so that a stream tells the same numbers as a whole answer. */
export function chatLogprobs(
  pieces: readonly { readonly text: string; readonly tokens: number }[],
  { top, from }: { readonly top: number; readonly from: number },
): { readonly content: readonly object[]; readonly refusal: null } {
  return {
    content: pieces.map(({ text }, index) => {
      const chosen = entry(text, logprobOf(text, from + index));
      return { ...chosen, top_logprobs: [...topOf(chosen, top)] };
    }),
    refusal: null,
  };
}

export interface CompletionLogprobs {
  readonly text_offset: readonly number[];
  readonly token_logprobs: readonly (number | null)[];
  readonly tokens: readonly string[];
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[] | null;
}

export function completionLogprobs(
  pieces: readonly { readonly text: string; readonly tokens: number }[],
  { top, offset, from }: { readonly top: number; readonly offset: number; readonly from: number },
): CompletionLogprobs {
  const offsets: number[] = [];
  let at = offset;
  for (const { text } of pieces) {
    offsets.push(at);
    at += text.length;
  }
  const values = pieces.map(({ text }, index) => logprobOf(text, from + index));
  return {
    text_offset: offsets,
    token_logprobs: values,
    tokens: pieces.map(({ text }) => text),
    top_logprobs:
      top === 0
        ? null
        : pieces.map(({ text }, index) =>
            Object.fromEntries([...topOf(entry(text, values[index] ?? 0), top)].map((one) => [one.token, one.logprob])),
          ),
  };
}

function* topOf(chosen: TokenLogprob, top: number): Generator<TokenLogprob> {
  if (top > 0) yield chosen;
  let logprob = chosen.logprob;
  const others = alternatives.filter((token) => token !== chosen.token);
  for (const token of others.slice(0, Math.max(0, top - 1))) {
    logprob -= 0.7 + hashOf(token + chosen.token) * 1.3;
    yield entry(token, logprob);
  }
}

const entry = (token: string, logprob: number): TokenLogprob => ({
  bytes: [...encoder.encode(token)],
  logprob: Number(logprob.toFixed(6)),
  token,
});

/** Chosen tokens lie between e^-1.2 and 1. */
export const logprobOf = (text: string, index: number) => -Number((hashOf(`${index}:${text}`) * 1.2).toFixed(6));

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) / 0x1_0000_0000;
}
