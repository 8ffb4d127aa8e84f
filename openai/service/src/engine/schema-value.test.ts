import type { JsonObject } from '@vigia/contract';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../refusal.ts';
import { randomOf } from './random.ts';
import { type Material, valueFor } from './schema-value.ts';

const materialOf = (text: string, seed = '1'): Material => {
  let at = 0;
  return {
    text,
    subject: 'tokens',
    random: randomOf(seed),
    nextSentence: () => {
      at += 1;
      return `Sentence number ${at} about tokens.`;
    },
    answer: () => 'A token is a unit.',
    optional: 'all',
  };
};

/** Judged by a validator that is not ours: the one by which Fastify checks bodies. */
async function isValid(schema: JsonObject, value: unknown): Promise<string> {
  const app = Fastify({
    ajv: { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, strict: false } },
  });
  app.post(
    '/',
    { schema: { body: { type: 'object', required: ['value'], properties: { value: schema } } } },
    async () => 'valid',
  );
  const { body } = await app.inject({ method: 'POST', url: '/', payload: { value } as object });
  await app.close();
  return body;
}

const text = (more: JsonObject = {}): JsonObject => ({ type: 'string', ...more });
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

const schemas: Readonly<Record<string, JsonObject>> = {
  'an object of every type': object({
    a: text(),
    b: { type: 'integer' },
    c: { type: 'number' },
    d: { type: 'boolean' },
    e: { type: 'null' },
    f: { type: 'array', items: text() },
  }),
  'bounds of numbers': object({
    a: { type: 'integer', minimum: 5, maximum: 7 },
    b: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    c: { type: 'integer', multipleOf: 25, minimum: 30, maximum: 60 },
    d: { type: 'number', maximum: -3 },
  }),
  'bounds of texts': object({
    a: text({ minLength: 200 }),
    b: text({ maxLength: 5 }),
    c: text({ minLength: 3, maxLength: 3 }),
  }),
  patterns: object({
    a: text({ pattern: '^[A-Z]{3}-\\d{4}$' }),
    b: text({ pattern: '^(red|green|blue)+$' }),
    c: text({ pattern: '^\\+?[0-9]{2,4}( [0-9]{3}){2}$' }),
    d: text({ pattern: '^[^aeiou\\s]{4}$' }),
  }),
  formats: object({
    a: text({ format: 'date' }),
    b: text({ format: 'date-time' }),
    c: text({ format: 'email' }),
    d: text({ format: 'uuid' }),
    e: text({ format: 'uri' }),
    f: text({ format: 'ipv4' }),
    g: text({ format: 'time' }),
  }),
  'enum and const': object({ a: { enum: ['x', 'y'] }, b: { const: 3 }, c: { type: 'integer', enum: [4, 5] } }),
  'bounds of arrays': object({
    a: { type: 'array', items: text(), minItems: 5, maxItems: 5 },
    b: {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 9 },
      uniqueItems: true,
      minItems: 2,
      maxItems: 3,
    },
    c: { type: 'array', items: text(), maxItems: 1 },
  }),
  alternatives: object({
    a: { anyOf: [text(), { type: 'null' }] },
    b: { type: ['string', 'null'] },
    c: { oneOf: [{ type: 'integer' }, { type: 'boolean' }] },
    d: {
      allOf: [
        object({ x: text() }, { additionalProperties: true }),
        object({ y: { type: 'integer' } }, { additionalProperties: true }),
      ],
    },
  }),
  'references that recur': {
    ...object({ root: { $ref: '#/$defs/node' } }),
    $defs: {
      node: object({
        name: text(),
        children: { type: 'array', items: { $ref: '#/$defs/node' } },
        next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
      }),
    },
  },
};

describe('a value for a schema', () => {
  it.each(Object.entries(schemas).filter(([name]) => name !== 'references that recur'))(
    'of %s is valid',
    async (_name, schema) => {
      for (const seed of ['1', '2', '3', '4']) {
        expect(await isValid(schema, valueFor(schema, materialOf('What is a token?', seed)))).toBe('valid');
      }
    },
  );

  it('of references that recur ends', () => {
    const schema = schemas['references that recur'] ?? {};
    const value = JSON.stringify(valueFor(schema, materialOf('What is a token?')));
    expect(value).toContain('"children":[]');
    expect(value.length).toBeLessThan(200_000);
  });

  it('is taken from the text where it says it', () => {
    const schema = object({
      name: text(),
      email: text(),
      age: { type: 'integer' },
      city: text(),
      date: text(),
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    });
    const said = 'On 2026-03-04 Maria Silva (maria@contoso.com), age 34, moved to Recife, where she likes 20 °C.';
    expect(valueFor(schema, materialOf(said))).toEqual({
      name: 'Maria Silva',
      email: 'maria@contoso.com',
      age: 34,
      city: 'Recife',
      date: '2026-03-04',
      unit: 'celsius',
    });
  });

  it.each<[string, JsonObject, RegExp]>([
    ['a reference that leads nowhere', object({ a: { $ref: '#/$defs/none' } }), /'a'.*leads nowhere/],
    ['an endless reference', { $ref: '#' }, /without an end/],
    ['bounds without a number', object({ a: { type: 'integer', minimum: 5, maximum: 4 } }), /'a'/],
    ['a pattern with look-ahead', object({ a: text({ pattern: '^(?=x)x[y-z]{99}$' }) }), /'a'.*pattern/],
    ['not', object({ a: { not: { type: 'string' } } }), /'not'/],
    ['a type that is none', object({ a: { type: 'text' } }), /text.*is not known/],
  ])('is refused by name: %s', (_name, schema, message) => {
    expect(() => valueFor(schema, materialOf('x'))).toThrow(Refusal);
    expect(() => valueFor(schema, materialOf('x'))).toThrow(message);
  });
});
