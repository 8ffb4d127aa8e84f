/**
 * The 2023-05-15 surface as an OpenAPI document in words of our own: names and shapes are the API's, the descriptions
 * are not Microsoft's. Served at `/openai/openapi.json`, so that an API can be imported without a network.
 */
type Schema = Readonly<Record<string, unknown>>;

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const number = (description: string, more: Schema = {}): Schema => ({ type: 'number', description, ...more });
const integer = (description: string, more: Schema = {}): Schema => ({ type: 'integer', description, ...more });
const list = (items: Schema, more: Schema = {}): Schema => ({ type: 'array', items, ...more });
const object = (properties: Schema, required: readonly string[] = []): Schema => ({
  type: 'object',
  ...(required.length > 0 ? { required } : {}),
  properties,
});
const reference = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const sampling = {
  temperature: number('How freely words are chosen; 0 takes the likeliest.', {
    minimum: 0,
    maximum: 2,
    default: 1,
    nullable: true,
  }),
  top_p: number('Only the likeliest words up to this share are considered.', {
    minimum: 0,
    maximum: 1,
    default: 1,
    nullable: true,
  }),
  n: integer('How many answers to give.', { minimum: 1, maximum: 128, default: 1, nullable: true }),
  stream: {
    type: 'boolean',
    description: 'Send the answer as server-sent events while it is written.',
    default: false,
    nullable: true,
  },
  stop: {
    description: 'Up to four texts at which the answer ends.',
    nullable: true,
    oneOf: [{ type: 'string' }, list({ type: 'string' }, { minItems: 1, maxItems: 4 })],
  },
  presence_penalty: number('Above 0: new subjects are preferred.', { minimum: -2, maximum: 2, default: 0 }),
  frequency_penalty: number('Above 0: repetition is avoided.', { minimum: -2, maximum: 2, default: 0 }),
  logit_bias: { type: 'object', description: 'Makes single tokens likelier or less likely.', nullable: true },
  user: text('Who asks, as the caller knows them; for tracing abuse.'),
};

const usage = object(
  {
    prompt_tokens: integer('Tokens of what was sent.'),
    completion_tokens: integer('Tokens of what was written.'),
    total_tokens: integer('Both together.'),
  },
  ['prompt_tokens', 'total_tokens'],
);

const schemas = {
  errorResponse: object({
    error: object({
      code: text('A short name of the mistake.'),
      message: text('What went wrong.'),
      param: text('The parameter meant.', { nullable: true }),
      type: text('The family of the mistake.', { nullable: true }),
    }),
  }),
  completionRequest: object({
    prompt: {
      description: 'One text or several to go on from.',
      nullable: true,
      oneOf: [{ type: 'string' }, list({ type: 'string' })],
    },
    max_tokens: integer('The most tokens to write.', { minimum: 0, default: 16, nullable: true }),
    ...sampling,
    logprobs: integer('How many alternatives to weigh for each token.', { minimum: 0, maximum: 5, nullable: true }),
    suffix: text('What comes after the text to be written.', { nullable: true }),
    echo: { type: 'boolean', description: 'Repeat the prompt before the answer.', default: false, nullable: true },
    best_of: integer('How many drafts to choose from.', { minimum: 1, maximum: 20, nullable: true }),
  }),
  completionResponse: object(
    {
      id: text('Names this answer.'),
      object: text('Always text_completion.'),
      created: integer('Seconds since 1970-01-01.'),
      model: text('The model that answered.'),
      choices: list(
        object({
          text: text('What was written.'),
          index: integer('Which answer this is.'),
          logprobs: { type: 'object', nullable: true },
          finish_reason: text('Why it ended.'),
        }),
      ),
      usage,
    },
    ['id', 'object', 'created', 'model', 'choices'],
  ),
  embeddingsRequest: object(
    {
      input: {
        description: 'The texts whose vectors are wanted, at most 2048.',
        oneOf: [{ type: 'string' }, list({ type: 'string' }, { minItems: 1, maxItems: 2048 })],
      },
      user: sampling.user,
      input_type: text('What kind of search the vector is for.'),
    },
    ['input'],
  ),
  embeddingsResponse: object(
    {
      object: text('Always list.'),
      model: text('The model that answered.'),
      data: list(
        object(
          { index: integer('Which input.'), object: text('Always embedding.'), embedding: list({ type: 'number' }) },
          ['index', 'object', 'embedding'],
        ),
      ),
      usage,
    },
    ['object', 'model', 'data', 'usage'],
  ),
  chatMessage: object(
    {
      role: text('Who speaks.', { enum: ['system', 'user', 'assistant'] }),
      content: text('What is said.'),
      name: text('The name of who speaks, where several do.'),
    },
    ['role', 'content'],
  ),
  chatCompletionRequest: object(
    {
      messages: list(reference('chatMessage'), { minItems: 1, description: 'The conversation up to now.' }),
      max_tokens: integer('The most tokens to write.', { minimum: 1 }),
      ...sampling,
    },
    ['messages'],
  ),
  chatCompletionResponse: object(
    {
      id: text('Names this answer.'),
      object: text('Always chat.completion.'),
      created: integer('Seconds since 1970-01-01.', { format: 'unixtime' }),
      model: text('The model that answered.'),
      choices: list(
        object({
          index: integer('Which answer this is.'),
          message: reference('chatMessage'),
          finish_reason: text('Why it ended.'),
        }),
      ),
      usage,
    },
    ['id', 'object', 'created', 'model', 'choices'],
  ),
};

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly request: keyof typeof schemas;
  readonly response: keyof typeof schemas;
  readonly example: object;
}

const post = ({ operationId, summary, request, response, example }: Described) => ({
  post: {
    operationId,
    summary,
    parameters: [
      {
        in: 'path',
        name: 'deployment-id',
        required: true,
        schema: text('Name of the deployment.', { example: 'text-turbo' }),
      },
      {
        in: 'query',
        name: 'api-version',
        required: true,
        schema: text('Version of the interface.', { example: '2023-05-15' }),
      },
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: reference(request), example } },
    },
    responses: {
      '200': {
        description: 'The answer.',
        headers: { 'apim-request-id': { description: 'Names the call.', schema: { type: 'string' } } },
        content: { 'application/json': { schema: reference(response) } },
      },
      default: {
        description: 'The call was refused.',
        headers: { 'apim-request-id': { description: 'Names the call.', schema: { type: 'string' } } },
        content: { 'application/json': { schema: reference('errorResponse') } },
      },
    },
  },
});

/** OpenAPI 3.0.3, JSON. */
export const openApiDocument = () => ({
  openapi: '3.0.3',
  info: {
    title: 'Azure OpenAI Service API',
    description: 'Chat completions, completions and embeddings of a deployment.',
    version: '2023-05-15',
  },
  servers: [
    {
      url: 'https://{endpoint}/openai',
      variables: {
        endpoint: { default: 'your-resource-name.openai.azure.com', description: 'Host name of the account.' },
      },
    },
  ],
  security: [{ bearer: [] }, { apiKey: [] }],
  paths: {
    '/deployments/{deployment-id}/completions': post({
      operationId: 'Completions_Create',
      summary: 'Goes on from a text',
      request: 'completionRequest',
      response: 'completionResponse',
      example: { prompt: 'Managed identities are', max_tokens: 40 },
    }),
    '/deployments/{deployment-id}/embeddings': post({
      operationId: 'embeddings_create',
      summary: 'Turns texts into vectors',
      request: 'embeddingsRequest',
      response: 'embeddingsResponse',
      example: { input: 'A gateway in front of a model' },
    }),
    '/deployments/{deployment-id}/chat/completions': post({
      operationId: 'ChatCompletions_Create',
      summary: 'Answers a conversation',
      request: 'chatCompletionRequest',
      response: 'chatCompletionResponse',
      example: { messages: [{ role: 'user', content: 'What is a token?' }] },
    }),
  },
  components: {
    schemas,
    securitySchemes: {
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', name: 'api-key', in: 'header' },
    },
  },
});
