import { toCachedAnswer } from '../cached-answer.ts';
import type { PolicyContext, PolicyResponse } from '../context.ts';
import { definePolicy, expression, type Step } from '../definition.ts';
import { missedSemanticLookup } from './semantic-cache-lookup.ts';

const defineStore = (name: 'azure-openai-semantic-cache-store' | 'llm-semantic-cache-store') =>
  definePolicy({
    name,
    sections: ['outbound'],
    scopes: ['global', 'product', 'api', 'operation'],
    isOncePerSection: true,
    attributes: { duration: expression('integer', { required: true }), 'cache-response': expression('boolean') },
    difference: 'Answers are kept in the memory of the gateway process; a stream is kept when it has passed whole.',
    compile(element) {
      const duration = element.number('duration', 0);
      const storesAny = element.boolean('cache-response', false);
      const store = (context: PolicyContext): undefined => {
        const { response, services, followUps } = context;
        const lookup = missedSemanticLookup(context);
        if (!lookup || !response?.body) return undefined;
        if (response.status !== 200 && !storesAny(context)) return undefined;
        const seconds = duration(context);
        const kept: PolicyResponse = { ...response };
        const chunks: Uint8Array[] = [];
        response.body.watch({
          chunk: (bytes) => chunks.push(bytes),
          end: (isComplete) => {
            if (!isComplete) return;
            const value = toCachedAnswer(kept, Buffer.concat(chunks));
            followUps.keep(services.vectors.add(lookup.partition, { vector: lookup.vector, value, seconds }));
          },
        });
        return undefined;
      };
      return Object.assign((context: PolicyContext) => store(context), { isCacheStore: true }) satisfies Step;
    },
  });

export const azureOpenAiSemanticCacheStore = defineStore('azure-openai-semantic-cache-store');
export const llmSemanticCacheStore = defineStore('llm-semantic-cache-store');
