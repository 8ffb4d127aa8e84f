import { openTokenizer, type Tokenizer } from '@vigia/tokenizer';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Generation, generate } from './generation.ts';

const tokenizers: Record<string, Tokenizer> = {};
beforeAll(async () => {
  for (const model of ['gpt-35-turbo', 'gpt-4o']) {
    const tokenizer = await openTokenizer(model);
    if (tokenizer !== undefined) tokenizers[model] = tokenizer;
  }
});
const tokenizerOf = (model: string): Tokenizer => {
  const tokenizer = tokenizers[model];
  if (tokenizer === undefined) throw new TypeError(`no tokenizer for ${model}`);
  return tokenizer;
};

const blocks = [
  '# A title\n\n',
  'Internationalization, antidisestablishmentarianism – 12.345 % of “tokens” are odd: 🙂 日本語 ação.\n\n',
  '- one\n- two\n\n',
  '1. Unbelievable heterogeneousness\n2. dois\n\n',
  'The end.',
];
const whole = blocks.join('');

function run(maxTokens: number, { stop = [] as readonly string[], model = 'gpt-35-turbo' } = {}): Generation {
  const generation = generate(blocks, { maxTokens, stop }, tokenizerOf(model));
  for (const _ of generation.pieces());
  return generation;
}

describe.each(['gpt-35-turbo', 'gpt-4o'])('a generation on %s', (model) => {
  it('counts the tokens of the whole, block by block', () => {
    const generation = run(10_000, { model });
    expect(generation.text).toBe(whole);
    expect(generation.tokens).toBe(tokenizerOf(model).count(whole));
    expect(generation.finishReason).toBe('stop');
  });

  it('keeps every limit, tells what was sent, and says length', () => {
    const total = tokenizerOf(model).count(whole);
    let exact = 0;
    for (let maxTokens = 1; maxTokens < total; maxTokens += 1) {
      const generation = run(maxTokens, { model });
      expect(generation.tokens).toBe(tokenizerOf(model).count(generation.text));
      expect(generation.tokens).toBeLessThanOrEqual(maxTokens);
      expect(whole.startsWith(generation.text)).toBe(true);
      expect(generation.finishReason).toBe('length');
      if (generation.tokens === maxTokens) exact += 1;
    }
    // Where no cut of the text has exactly so many tokens (inside an emoji), it is the next lower one.
    expect(exact / total).toBeGreaterThan(0.85);
    expect(run(total, { model }).finishReason).toBe('stop');
  });
});

describe('a stop sequence', () => {
  it.each([
    ['inside a block', ['dois'], whole.slice(0, whole.indexOf('dois'))],
    ['across two blocks', ['two\n\n1. Unb'], whole.slice(0, whole.indexOf('two\n\n1.'))],
    ['across many blocks', ['title\n\nInter'], '# A '],
    ['at the start', ['# A'], ''],
    ['the earliest of several', ['The end', '- two', 'zzz'], whole.slice(0, whole.indexOf('- two'))],
  ])('%s ends the text before it', (_name, stop, text) => {
    const generation = run(10_000, { stop });
    expect(generation.text).toBe(text);
    expect(generation.tokens).toBe(tokenizerOf('gpt-35-turbo').count(text));
    expect(generation.finishReason).toBe('stop');
  });
  it('that does not come changes nothing', () => expect(run(10_000, { stop: ['zzzz', ''] }).text).toBe(whole));
  it('does not keep a stream from beginning', () => {
    function* endless(): Generator<string> {
      for (let at = 0; ; at += 1) yield `Paragraph ${at} of many.\n\n`;
    }
    const pieces = generate(endless(), { maxTokens: 1_000_000, stop: ['STOP'] }, tokenizerOf('gpt-35-turbo')).pieces();
    expect(pieces.next().value).toMatchObject({ text: 'Paragraph' });
  });
});

it('a filtered block ends the answer before it', () => {
  const generation = generate(
    ['Fine.\n\n', 'I want to kill people now.\n\n', 'Fine.'],
    { maxTokens: 100, stop: [] },
    tokenizerOf('gpt-35-turbo'),
  );
  for (const _ of generation.pieces());
  expect(generation.text).toBe('Fine.\n\n');
  expect(generation.finishReason).toBe('content_filter');
  expect(generation.filter.result['violence']).toEqual({ filtered: true, severity: 'high' });
});
