import { definePolicy, literal, some } from '../definition.ts';
import { llmRequestOf } from '../llm/llm-request.ts';
import { completeUsage, onLlmAnswer } from '../llm/llm-usage.ts';
import { checkDimensionCount, compileDimensions, dimensionSpec } from './metric-dimensions.ts';

const defineEmitTokenMetric = (name: 'azure-openai-emit-token-metric' | 'llm-emit-token-metric') =>
  definePolicy({
    name,
    sections: ['inbound'],
    attributes: {
      namespace: literal('string'),
      name: literal('string'),
      'value-type': literal('string', { oneOf: ['all', 'total-tokens', 'prompt-tokens', 'completion-tokens'] }),
      'ignore-prompt': literal('boolean'),
    },
    children: { dimension: some(dimensionSpec) },
    check: checkDimensionCount,
    needs: () => ({ request: true }),
    difference:
      "The values go to the workspace's metric samples, not to Application Insights; a stream without usage is counted here.",
    compile(element) {
      const namespace = element.literal('namespace') ?? 'API Management';
      const wanted = element.literal('value-type') ?? 'all';
      const ignoresPrompt = element.literal('ignore-prompt')?.toLowerCase() === 'true';
      const dimensionsOf = compileDimensions(element);
      return (context) => {
        const request = llmRequestOf(context);
        if (!request) return undefined;
        onLlmAnswer(context, element, async (answer, { status }) => {
          if (answer.usage === undefined && status >= 400) return;
          const usage = await completeUsage(answer, request, context);
          // Now: the backend, and what outbound put in variables, are known.
          const dimensions = dimensionsOf(context);
          const emit = (type: string, metric: string, value: number): void => {
            if (wanted !== 'all' && wanted !== type) return;
            context.services.emitMetric(context, { name: metric, namespace, value, dimensions });
          };
          const prompt = ignoresPrompt ? 0 : usage.promptTokens;
          emit('total-tokens', 'Total Tokens', ignoresPrompt ? usage.completionTokens : usage.totalTokens);
          emit('prompt-tokens', 'Prompt Tokens', prompt);
          emit('completion-tokens', 'Completion Tokens', usage.completionTokens);
        });
        return undefined;
      };
    },
  });

export const azureOpenAiEmitTokenMetric = defineEmitTokenMetric('azure-openai-emit-token-metric');
export const llmEmitTokenMetric = defineEmitTokenMetric('llm-emit-token-metric');
