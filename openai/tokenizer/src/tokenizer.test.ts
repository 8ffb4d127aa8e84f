import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodingOf } from './encoding-of.ts';
import { countChatPrompt, countText, estimateWith, openTokenizer, warmUp } from './tokenizer.ts';

const user = (content: string) => [{ role: 'user', content }];
const joke = user('Tell me a joke about opentelemetry');
const lab = user('Hello! What does an API Management Service in Azure do?');
const known = async (model: string) => {
  const tokenizer = await openTokenizer(model);
  if (tokenizer === undefined) throw new Error(`no encoding for ${model}`);
  return tokenizer;
};

describe('the encoding of a model', () => {
  it.each([
    ['gpt-35-turbo', 'cl100k_base'],
    ['gpt-3.5-turbo-0125', 'cl100k_base'],
    ['gpt-35-turbo-16k', 'cl100k_base'],
    ['gpt-4', 'cl100k_base'],
    ['gpt-4-32k', 'cl100k_base'],
    ['GPT-4-Turbo', 'cl100k_base'],
    ['text-embedding-ada-002', 'cl100k_base'],
    ['text-embedding-3-small', 'cl100k_base'],
    ['gpt-4o', 'o200k_base'],
    ['gpt-4o-mini', 'o200k_base'],
    ['gpt-4.1-mini', 'o200k_base'],
    ['o3-mini', 'o200k_base'],
    ['gpt-5-nano', 'o200k_base'],
    ['llama-3', undefined],
    ['dall-e-3', undefined],
  ])('of %s is %s', (model, encoding) => expect(encodingOf(model)).toBe(encoding));
});

describe('prompt tokens of a chat', () => {
  it.each([
    ['the lab prompt on gpt-35-turbo', 'gpt-35-turbo', lab, 19],
    ['the lab prompt on the oldest model', 'gpt-35-turbo-0301', lab, 20],
    ['a greeting', 'gpt-35-turbo', user('Hello!'), 9],
    ['the joke on cl100k', 'gpt-35-turbo', joke, 15],
    ['the joke on o200k', 'gpt-4o', joke, 16],
    ['text in parts', 'gpt-4o', [{ role: 'user', content: [{ type: 'text', text: 'Hello!' }] }], 9],
    ['a name costs itself and one more', 'gpt-35-turbo', [{ role: 'user', name: 'Bob', content: 'Hello!' }], 11],
    ['special tokens are text', 'gpt-35-turbo', user('<|endoftext|>'), 14],
  ])('%s', async (_title, model, messages, tokens) => expect(await countChatPrompt(model, messages)).toBe(tokens));

  const file = new URL('../../../../shared/corpora/lab/chat-request.json', import.meta.url);
  it.skipIf(!existsSync(file))('the lab file costs 19', async () => {
    const { model, messages } = JSON.parse(readFileSync(file, 'utf8'));
    expect(await countChatPrompt(model, messages)).toBe(19);
  });

  it('an unknown model has no count, only an estimate', async () => {
    expect(await countText('llama-3', 'Hello')).toBeUndefined();
    expect((await estimateWith('llama-3')).count('Hello')).toBe(1);
  });
});

describe('pieces of a text', () => {
  it.each(['Hello, world!', 'Olá, você está bem? ação', '日本語のテキスト 𝒳𝒴', 'a 👩‍👩‍👧 family', '', '\ufffd'])(
    'join to %j',
    async (text) => {
      const tokenizer = await known('gpt-35-turbo');
      const pieces = tokenizer.pieces(text);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      expect(pieces.reduce((sum, piece) => sum + piece.tokens, 0)).toBe(tokenizer.encode(text).length);
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    },
  );
});

describe('long runs', () => {
  it.each(['a', '=', ' ', '中', '😀'])('100 KB of %j take less than 200 ms', async (letter) => {
    const tokenizer = await known('gpt-35-turbo');
    const text = letter.repeat(100_000 / Buffer.byteLength(letter));
    const start = performance.now();
    const count = tokenizer.count(text);
    expect(performance.now() - start).toBeLessThan(200);
    expect(count).toBe(tokenizer.encode(text).length);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it('the encodings of several models load together', async () => {
    await warmUp(['gpt-4o', 'gpt-35-turbo', 'unknown']);
    expect(await countText('gpt-4o', 'Hello')).toBe(1);
  });
});
