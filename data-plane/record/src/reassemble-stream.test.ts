import { describe, expect, it } from 'vitest';
import { eventData } from './event-stream.ts';
import { reassembleStream } from './reassemble-stream.ts';

const safe = { hate: { filtered: false, severity: 'safe' } };
const prompt = {
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: safe }],
};
const head = { id: 'chatcmpl-1', created: 1711, model: 'gpt-35-turbo', object: 'chat.completion.chunk' };
const chunk = (delta: object, more: object = {}) => ({
  ...head,
  system_fingerprint: 'fp_1',
  obfuscation: 'xyz',
  choices: [{ index: 0, delta, finish_reason: null, content_filter_results: {}, ...more }],
});
const sse = (events: readonly (object | string)[], end = '\n') =>
  events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}${end}${end}`).join('');
const start = chunk({ content: '', refusal: null, role: 'assistant' });
const stop = chunk({}, { finish_reason: 'stop' });
const message = (object: ReturnType<typeof reassembleStream>) => {
  const choices = object?.['choices'];
  return Array.isArray(choices) ? choices[0] : undefined;
};

describe('events of a stream', () => {
  it.each([
    ['LF', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['several lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['comments and other fields', ': hi\nid: 1\nevent: x\ndata:a\n\n', ['a']],
    ['no last empty line', 'data: a\n\ndata: b', ['a', 'b']],
    ['nothing', '', []],
  ])('%s', (_title, text, events) => expect(eventData(text)).toEqual(events));
});

describe('a reassembled stream', () => {
  it.each(['\n', '\r\n'])('is the object of the same call without streaming (%j)', (end) => {
    const events = [
      prompt,
      start,
      chunk({ content: 'Olá' }, { content_filter_results: safe }),
      chunk({ content: ', 世界' }),
      stop,
      { ...head, choices: [], usage: { prompt_tokens: 19, completion_tokens: 4, total_tokens: 23 } },
      '[DONE]',
    ];
    const object = reassembleStream(sse(events, end));
    expect(object).toEqual({
      choices: [
        {
          content_filter_results: safe,
          finish_reason: 'stop',
          index: 0,
          logprobs: null,
          message: { content: 'Olá, 世界', refusal: null, role: 'assistant' },
        },
      ],
      created: 1711,
      id: 'chatcmpl-1',
      model: 'gpt-35-turbo',
      object: 'chat.completion',
      prompt_filter_results: prompt.prompt_filter_results,
      system_fingerprint: 'fp_1',
      usage: { prompt_tokens: 19, completion_tokens: 4, total_tokens: 23 },
    });
    expect(Object.keys(object ?? {})).toEqual(Object.keys(object ?? {}).toSorted());
  });

  it('merges tool calls by their index', () => {
    const call = (index: number, id: string, name: string) =>
      chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
    const piece = (index: number, text: string) => chunk({ tool_calls: [{ index, function: { arguments: text } }] });
    const object = reassembleStream(
      sse([
        chunk({ role: 'assistant', content: null }),
        call(0, 'call_a', 'weather'),
        piece(0, '{"city":'),
        call(1, 'call_b', 'time'),
        piece(0, '"Rio"}'),
        piece(1, '{}'),
        chunk({}, { finish_reason: 'tool_calls' }),
      ]),
    );
    expect(message(object)).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Rio"}' } },
          { id: 'call_b', type: 'function', function: { name: 'time', arguments: '{}' } },
        ],
      },
    });
  });

  it.each([
    ['in the middle of an event', (text: string) => text.slice(0, text.indexOf(' world') + 3), 'Hello'],
    [
      'between two events',
      (text: string) => text.slice(0, text.indexOf('data: {"id"', text.indexOf(' world'))),
      'Hello world',
    ],
  ])('that was cut %s has what came, without an end', (_title, cut, content) => {
    const text = sse([start, chunk({ content: 'Hello' }), chunk({ content: ' world' }), stop, '[DONE]']);
    expect(message(reassembleStream(cut(text)))).toMatchObject({ finish_reason: null, message: { content } });
  });

  it('keeps several choices apart', () => {
    const of = (index: number, content: string) => ({ ...head, choices: [{ index, delta: { content } }] });
    const object = reassembleStream(sse([of(1, 'x'), of(0, 'a'), of(1, 'y'), of(0, 'b')]));
    expect(object?.['choices']).toMatchObject([
      { index: 0, message: { content: 'ab' } },
      { index: 1, message: { content: 'xy' } },
    ]);
  });

  it('tells an error that came in the middle', () => {
    const error = { code: 'server_error', message: 'The server had an error.' };
    const object = reassembleStream(sse([start, chunk({ content: 'Hel' }), { error }]));
    expect(object).toMatchObject({ error, choices: [{ message: { content: 'Hel' }, finish_reason: null }] });
    expect(reassembleStream(sse([{ error }]))).toEqual({ error });
  });

  it('has no message where the answer was filtered at once', () => {
    const filtered = { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'content_filter' }] };
    expect(message(reassembleStream(sse([filtered])))).toEqual({
      finish_reason: 'content_filter',
      index: 0,
      logprobs: null,
    });
  });

  it('joins completions, log probabilities and responses', () => {
    const text = (part: string) => ({ id: 'cmpl-1', object: 'text_completion', choices: [{ index: 0, text: part }] });
    expect(reassembleStream(sse([text('a'), text('b')]))).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'ab' }],
    });
    const logprob = (token: string) => chunk({ content: token }, { logprobs: { content: [{ token }], refusal: null } });
    expect(reassembleStream(sse([logprob('a'), logprob('b')]))).toMatchObject({
      choices: [{ logprobs: { content: [{ token: 'a' }, { token: 'b' }] } }],
    });
    const response = { id: 'resp_1', model: 'gpt-4o', output: [{ type: 'message' }], usage: { input_tokens: 3 } };
    expect(
      reassembleStream(
        sse([
          { type: 'response.created', response: { id: 'resp_1', output: [] } },
          { type: 'response.output_text.delta', delta: 'Hi' },
          { type: 'response.completed', response },
        ]),
      ),
    ).toEqual(response);
    expect(
      reassembleStream(
        sse([
          { type: 'response.created', response: { id: 'resp_1', output: [] } },
          { type: 'response.output_text.delta', delta: 'Hi' },
        ]),
      ),
    ).toMatchObject({ id: 'resp_1', output: [{ content: [{ text: 'Hi' }] }] });
  });

  it('is nothing where the events are of another kind', () => {
    expect(reassembleStream('data: hello\n\n')).toBeUndefined();
    expect(reassembleStream('')).toBeUndefined();
  });
});
