import { bodyObject } from '../body-text.ts';
import { answerFrom, type CachedAnswer } from '../cached-answer.ts';
import type { PolicyContext } from '../context.ts';
import { definePolicy, expression, literal, many } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { deploymentOf, type LlmRequest, llmRequestOf, messageText } from '../llm/llm-request.ts';
import { asText } from '../value-text.ts';

interface SemanticLookup {
  readonly partition: string;
  readonly vector: readonly number[];
}

const missed = new WeakMap<PolicyContext, SemanticLookup>();
/** The look-ups that missed: where the store policy puts the answer. */
export const missedSemanticLookup = (context: PolicyContext): SemanticLookup | undefined => missed.get(context);

const cognitiveServices = 'https://cognitiveservices.azure.com';
/** Of the embeddings call, where the backend's URL names none. */
const apiVersion = '2024-10-21';
const timeoutMs = 30_000;

const defineLookup = (name: 'azure-openai-semantic-cache-lookup' | 'llm-semantic-cache-lookup') =>
  definePolicy({
    name,
    sections: ['inbound'],
    scopes: ['global', 'product', 'api', 'operation'],
    isOncePerSection: true,
    attributes: {
      'score-threshold': expression('number', {
        required: true,
        check: (value) =>
          Number(value) < 0 || Number(value) > 1 ? 'The score-threshold is between 0 and 1.' : undefined,
      }),
      'embeddings-backend-id': literal('string', { required: true, refersTo: 'backend' }),
      'embeddings-backend-auth': literal('string', { oneOf: ['system-assigned'] }),
      'ignore-system-messages': literal('boolean'),
      'max-message-count': literal('integer'),
      'cache-id': literal('string'),
    },
    children: { 'vary-by': many({ text: expression('string') }) },
    needs: () => ({ request: true }),
    difference: 'Answers are kept in the memory of the gateway process; the score is the cosine distance.',
    compile(element) {
      const threshold = element.number('score-threshold', 0);
      const backendId = element.literal('embeddings-backend-id') ?? '';
      const usesIdentity = element.literal('embeddings-backend-auth') !== undefined;
      const ignoresSystem = element.literal('ignore-system-messages')?.toLowerCase() === 'true';
      const most = Number(element.literal('max-message-count') ?? Number.POSITIVE_INFINITY);
      const varyBy = element.children('vary-by').map(({ text }) => text);

      const embed = async (context: PolicyContext, input: string): Promise<readonly number[]> => {
        const { services } = context;
        const headers = new HeaderMap([['Content-Type', 'application/json']]);
        if (usesIdentity) {
          const token = await services.managedIdentityToken(cognitiveServices, undefined);
          headers.set('Authorization', [`Bearer ${token}`]);
        }
        const answer = await services.send({
          method: 'POST',
          url: `?api-version=${apiVersion}`,
          headers,
          body: new TextEncoder().encode(JSON.stringify({ input })),
          timeoutMs,
          backendId,
        });
        const body = bodyObject(await answer.body?.buffer(), answer.headers);
        const [first] = Array.isArray(body?.['data']) ? body['data'] : [];
        const vector: unknown = first?.embedding;
        if (answer.status !== 200 || !Array.isArray(vector))
          throw new Error(`The embeddings backend '${backendId}' answered ${answer.status} without a vector.`);
        return vector.filter((value) => typeof value === 'number');
      };

      return async (context) => {
        const request = llmRequestOf(context);
        const text = request && promptText(request, ignoresSystem);
        if (!request || !text || (request.messages?.length ?? 0) > most) return undefined;
        const partition = JSON.stringify([
          request.model,
          deploymentOf(context),
          request.isStreaming,
          varyBy.map((value) => asText(value(context))),
        ]);
        try {
          const vector = await embed(context, text);
          const found = await context.services.vectors.nearest(partition, { vector, within: threshold(context) });
          if (found) {
            answerFrom(context, found.value as CachedAnswer);
            return 'answered';
          }
          context.cache = 'miss';
          missed.set(context, { partition, vector });
        } catch (error) {
          // A look-up that fails is silent on Azure too: the call goes on without the cache, the trace says why.
          const message = error instanceof Error ? error.message : String(error);
          context.trace({ source: name, level: 'error', message });
        }
        return undefined;
      };
    },
  });

function promptText(request: LlmRequest, ignoresSystem: boolean): string {
  const messages = request.messages?.filter(
    ({ role }) => !ignoresSystem || (role !== 'system' && role !== 'developer'),
  );
  const said = messages?.map((message) => `${asText(message['role'])}: ${messageText(message)}`) ?? request.texts;
  return said.join('\n');
}

export const azureOpenAiSemanticCacheLookup = defineLookup('azure-openai-semantic-cache-lookup');
export const llmSemanticCacheLookup = defineLookup('llm-semantic-cache-lookup');
