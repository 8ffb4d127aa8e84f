import { z } from 'zod';

const headers = z.record(z.string(), z.string());
const status = z.int().min(100).max(599);

const answer = z.strictObject({
  status: status.optional(),
  reason: z.string().optional(),
  headers: headers.optional(),
  /** A text as it is; anything else as JSON. */
  body: z.unknown().optional(),
  /** Instead of an answer. */
  fails: z.enum(['connection', 'timeout']).optional(),
});

/** What a value must be; see `compare.ts`. */
const expected = z.unknown();
const expectedMessage = {
  headers: z.record(z.string(), expected).optional(),
  body: expected.optional(),
};
const expectedCall = z.strictObject({
  method: expected.optional(),
  url: expected.optional(),
  ...expectedMessage,
});
const none = z.literal('none');

const request = z.strictObject({
  method: z.string().optional(),
  /** Whole, or the part behind the gateway's host. */
  url: z.string().optional(),
  headers: headers.optional(),
  body: z.unknown().optional(),
  ip: z.string().optional(),
});

const call = answer.extend({
  method: z.string().optional(),
  /** Absent: any. */
  url: z
    .union([z.string(), z.strictObject({ contains: z.string() }), z.strictObject({ matches: z.string() })])
    .optional(),
  /** Answers the first call only. */
  once: z.boolean().optional(),
});

const expectation = z.strictObject({
  backend: z.union([none, expectedCall, z.array(expectedCall)]).optional(),
  calls: z.union([none, z.array(expectedCall)]).optional(),
  response: z.strictObject({ status: expected.optional(), reason: expected.optional(), ...expectedMessage }).optional(),
  variables: z.record(z.string(), expected).optional(),
  error: z
    .union([
      none,
      z.strictObject({
        source: expected.optional(),
        reason: expected.optional(),
        message: expected.optional(),
        section: expected.optional(),
        path: expected.optional(),
        scope: expected.optional(),
        policyId: expected.optional(),
      }),
    ])
    .optional(),
  reached: z.array(z.string()).optional(),
  notReached: z.array(z.string()).optional(),
  traces: z
    .array(z.strictObject({ source: expected.optional(), level: expected.optional(), message: expected.optional() }))
    .optional(),
  metrics: z
    .union([
      none,
      z.array(
        z.strictObject({
          name: expected.optional(),
          namespace: expected.optional(),
          value: expected.optional(),
          dimensions: z.record(z.string(), expected).optional(),
        }),
      ),
    ])
    .optional(),
});

const subscription = z.strictObject({ id: z.string(), key: z.string().optional(), name: z.string().optional() });

const given = z.strictObject({
  /** ISO 8601. */
  time: z.iso.datetime({ offset: true }).optional(),
  api: z
    .strictObject({
      id: z.string().optional(),
      name: z.string().optional(),
      path: z.string().optional(),
      serviceUrl: z.url().optional(),
      revision: z.string().optional(),
      version: z.string().optional(),
      keyHeader: z.string().optional(),
      keyParameter: z.string().optional(),
    })
    .optional(),
  operation: z
    .strictObject({
      id: z.string(),
      name: z.string().optional(),
      method: z.string(),
      urlTemplate: z.string(),
      responses: z
        .array(z.strictObject({ status, contentType: z.string().optional(), example: z.unknown().optional() }))
        .optional(),
    })
    .optional(),
  product: z.strictObject({ id: z.string(), name: z.string().optional() }).optional(),
  /** null: called without a key. */
  subscription: subscription.nullable().optional(),
  service: z.strictObject({ name: z.string().optional(), region: z.string().optional() }).optional(),
  identity: z.strictObject({ token: z.string().optional(), fails: z.string().optional() }).optional(),
  request: request.optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  backend: z.union([answer, z.array(answer).min(1)]).optional(),
  calls: z.array(call).optional(),
});

const followingRequest = z.strictObject({
  /** Seconds that pass before. */
  after: z.number().min(0).optional(),
  request: request.optional(),
  subscription: subscription.nullable().optional(),
  variables: z.record(z.string(), z.unknown()).optional(),
  backend: z.union([answer, z.array(answer).min(1)]).optional(),
  calls: z.array(call).optional(),
  /** The same request so many times; the last one is compared. */
  times: z.int().min(1).max(10_000).optional(),
  expect: expectation.optional(),
});

const testCase = given.extend({
  times: z.int().min(1).max(10_000).optional(),
  expect: expectation.optional(),
  // biome-ignore lint/suspicious/noThenProperty: a word of the file's language; nobody awaits a case
  then: z.array(followingRequest).optional(),
});

const scope = z.enum(['global', 'workspace', 'product', 'api', 'operation']);

/** A file of tests, as it is written in YAML. */
export const testFileSchema = z.strictObject({
  policy: z.string().optional(),
  scope: scope.optional(),
  /** Documents around this one, by scope. */
  outer: z.partialRecord(scope, z.string()).optional(),
  placeholders: z.record(z.string(), z.string()).optional(),
  namedValues: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Named values that no report shows. */
  secrets: z.record(z.string(), z.string()).optional(),
  fragments: z.record(z.string(), z.string()).optional(),
  backends: z.record(z.string(), z.url()).optional(),
  loggers: z.record(z.string(), z.strictObject({ eventHub: z.string(), connectionString: z.string() })).optional(),
  given: given.optional(),
  cases: z
    .record(z.string(), testCase)
    .refine((cases) => Object.keys(cases).length > 0, { message: 'There is no case.' }),
});

export type TestFile = z.infer<typeof testFileSchema>;
export type TestCase = z.infer<typeof testCase>;
export type FollowingRequest = z.infer<typeof followingRequest>;
export type Given = z.infer<typeof given>;
export type GivenAnswer = z.infer<typeof answer>;
export type GivenCall = z.infer<typeof call>;
export type GivenRequest = z.infer<typeof request>;
export type Expectation = z.infer<typeof expectation>;
