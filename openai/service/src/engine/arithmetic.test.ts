import { describe, expect, it } from 'vitest';
import { sumIn } from './arithmetic.ts';

describe('a sum in a prompt', () => {
  it.each([
    ['What is 2+2?', 'en', 4],
    ['2 + 3 * 4', 'en', 14],
    ['(2 + 3) * 4', 'en', 20],
    ['2^3^2', 'en', 512],
    ['-2^2', 'en', -4],
    ['7 - -3', 'en', 10],
    ['What is 15% of 80?', 'en', 12],
    ['Calculate 1,234.5 * 2', 'en', 2469],
    ['Quanto é 1.234,5 * 2?', 'pt', 2469],
    ['12 times 12', 'en', 144],
    ['quanto é 10 dividido por 4', 'pt', 2.5],
    ['square root of 81 + 1', 'en', 10],
    ['0.1 + 0.2', 'en', 0.3],
    ['5 x 6', 'en', 30],
  ] as const)('%s', (text, language, value) => expect(sumIn(text, language)?.value).toBe(value));

  it('without a value', () => expect(sumIn('1/0', 'en')).toEqual({ expression: '1/0', value: undefined }));

  it.each([
    'What is a token?',
    '2023-05-15',
    'api-version 2023-05-15',
    '42',
    'I have 2 dogs + a cat',
    '2 +',
    '(1+2',
    'gpt-35',
  ])('is not in “%s”', (text) => expect(sumIn(text, 'en')).toBeUndefined());
});
