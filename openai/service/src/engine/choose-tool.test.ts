import type { JsonObject } from '@vigia/contract';
import { describe, expect, it } from 'vitest';
import type { Tool, ToolChoice, Turn } from '../conversation.ts';
import { compose } from './compose.ts';

const tool = (name: string, description: string, properties: JsonObject, required: readonly string[] = []): Tool => ({
  name,
  description,
  parameters: { type: 'object', properties, required: [...required] },
});
const tools = [
  tool(
    'get_weather',
    'Get the current weather for a city',
    { location: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
    ['location'],
  ),
  tool(
    'send_email',
    'Sends an email to somebody',
    { to: { type: 'string', format: 'email' }, body: { type: 'string' } },
    ['to', 'body'],
  ),
  tool(
    'search_products',
    'Searches the catalogue of products',
    { query: { type: 'string' }, limit: { type: 'integer' } },
    ['query'],
  ),
  tool('calculate', 'Evaluates a math expression', { expression: { type: 'string' } }, ['expression']),
  tool('now', 'Tells the time of day', {}),
];

function calls(prompt: string, toolChoice: ToolChoice = 'auto', mayCallSeveral = true): readonly [string, unknown][] {
  const composition = compose({
    turns: [{ role: 'user', text: prompt, images: 0 }],
    tools,
    toolChoice,
    format: { type: 'text' },
    variation: '',
    mayCallSeveral,
  });
  return composition.kind === 'text' ? [] : composition.calls.map((call) => [call.name, JSON.parse(call.arguments)]);
}

describe('tools', () => {
  it.each<[string, [string, unknown][]]>([
    ['What is the weather in Paris in celsius?', [['get_weather', { location: 'Paris', unit: 'celsius' }]]],
    ['Qual é o tempo em Lisboa?', [['get_weather', { location: 'Lisboa' }]]],
    [
      'Weather in Paris and London?',
      [
        ['get_weather', { location: 'Paris' }],
        ['get_weather', { location: 'London' }],
      ],
    ],
    [
      'Send an email to bob@example.com saying "lunch at noon"',
      [['send_email', { to: 'bob@example.com', body: 'lunch at noon' }]],
    ],
    ['Use calculate for 12 * (3 + 4)', [['calculate', { expression: '12 * (3 + 4)' }]]],
    ['What is 12*12?', [['calculate', { expression: '12*12' }]]],
    [
      'search the products for hiking boots, limit 5',
      [['search_products', { query: expect.stringContaining('hiking boots'), limit: 5 }]],
    ],
    ['Hello!', []],
    ['What is artificial intelligence?', []],
    ['Tell me a joke', []],
  ])('%s', (prompt, expected) => expect(calls(prompt)).toEqual(expected));

  it('none: never', () => expect(calls('What is the weather in Paris?', 'none')).toEqual([]));
  it('required: always', () => expect(calls('Hello!', 'required')).toHaveLength(1));
  it('a name: this one', () => expect(calls('Hello!', { name: 'now' })).toEqual([['now', {}]]));
  it('one at a time where several may not be called', () => {
    expect(calls('Weather in Paris and London?', 'auto', false)).toHaveLength(1);
  });

  const asked: readonly Turn[] = [
    { role: 'user', text: 'What is the weather in Paris?', images: 0 },
    { role: 'assistant', text: '', images: 0, toolCalls: [{ id: 'call_1', name: 'get_weather', arguments: '{}' }] },
    { role: 'tool', text: '{"temperature":22,"sky":"clear"}', images: 0, toolCallId: 'call_1' },
  ];
  it('their results are told', () => {
    const composition = compose({
      turns: asked,
      tools,
      toolChoice: 'auto',
      format: { type: 'text' },
      variation: '',
      mayCallSeveral: true,
    });
    expect(composition.kind).toBe('text');
    const text = composition.kind === 'text' ? [...composition.blocks].join('') : '';
    expect(text).toMatch(/get_weather.*temperature: 22.*sky: clear/);
  });
});
