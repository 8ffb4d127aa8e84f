import { bodyObject, bodyText, isEventStream, isObject } from '../body-text.ts';
import type { PolicyContext } from '../context.ts';
import { defaultResponse } from '../default-response.ts';
import { type CompiledElement, definePolicy, expression, literal, optional, some } from '../definition.ts';
import { HeaderMap } from '../header-map.ts';
import { llmRequestOf, messageText } from '../llm/llm-request.ts';
import { llmAnswerOf } from '../llm/llm-usage.ts';
import { PolicyError } from '../policy-error.ts';
import { asText } from '../value-text.ts';

const apiVersion = '2024-09-01';
const timeoutMs = 30_000;
/** What the service takes at once. */
const promptWindow = 10_000;

const refusal = (why: string): PolicyError =>
  new PolicyError('ContentSafetyCheckFailed', why, {
    response: defaultResponse({ kind: 'status', status: 403, message: 'Request failed content safety check.' }),
  });

export const llmContentSafety = definePolicy({
  name: 'llm-content-safety',
  sections: ['inbound', 'outbound'],
  scopes: ['global', 'workspace', 'product', 'api'],
  attributes: {
    'backend-id': expression('string', { required: true, refersTo: 'backend' }),
    'shield-prompt': expression('boolean'),
    'enforce-on-completions': expression('boolean'),
    'window-size': expression('integer'),
    'window-overlap-size': expression('integer'),
  },
  children: {
    categories: optional({
      attributes: { 'output-type': expression('string', { oneOf: ['FourSeverityLevels', 'EightSeverityLevels'] }) },
      children: {
        category: some({
          attributes: {
            name: literal('string', { required: true, oneOf: ['Hate', 'SelfHarm', 'Sexual', 'Violence'] }),
            threshold: expression('integer', {
              required: true,
              check: (value) =>
                Number(value) < 0 || Number(value) > 7 ? 'A threshold is between 0 and 7.' : undefined,
            }),
          },
        }),
      },
    }),
    blocklists: optional({ children: { id: some({ text: expression('string', { required: true }) }) } }),
  },
  needs: ({ section }) => (section === 'inbound' ? { request: true } : { response: true }),
  difference: 'Refused where the backend does not exist; a streamed answer is held until it is checked whole.',
  compile(element) {
    const shields = element.boolean('shield-prompt', false);
    const checksCompletions = element.boolean('enforce-on-completions', false);
    const checkText = compileCheck(element);
    const checkCompletion = async (context: PolicyContext): Promise<void> => {
      const { response } = context;
      if (!response?.body || response.status >= 400) return;
      const text = bodyText(await response.body.buffer(), response.headers);
      if (text === undefined) throw refusal('The answer cannot be read.');
      await checkText(context, llmAnswerOf(text, isEventStream(response.headers)).text, {
        isPrompt: false,
        shields: false,
      });
    };
    return async (context) => {
      if (element.section === 'outbound') {
        await checkCompletion(context);
        return undefined;
      }
      await checkText(context, promptOf(context), {
        isPrompt: true,
        shields: shields(context),
      });
      if (checksCompletions(context)) context.followUps.onBackendAnswer(element, () => checkCompletion(context));
      return undefined;
    };
  },
});

/** What is asked of the model; of a body that is no call that we know, the whole: nothing passes for being strange. */
function promptOf(context: PolicyContext): string {
  const { body, headers } = context.request;
  const request = llmRequestOf(context);
  const texts = request?.messages?.map(messageText) ?? request?.texts;
  if (texts) return texts.filter((text) => text !== '').join('\n');
  if (!body?.bytes) return '';
  const text = bodyText(body.bytes, headers);
  if (text === undefined) throw refusal('The request cannot be read.');
  return text;
}

/** Sends a text to the service, window by window. Throws the refusal of a text that does not pass. */
function compileCheck(element: CompiledElement) {
  const backendId = element.string('backend-id') ?? (() => '');
  const windowSize = element.number('window-size', 1000);
  const overlap = element.number('window-overlap-size', 0);
  const [categories] = element.children('categories');
  const outputType = categories?.string('output-type') ?? (() => 'FourSeverityLevels');
  const thresholds = (categories?.children('category') ?? []).map(
    (category) => [category.literal('name') ?? '', category.number('threshold', 7)] as const,
  );
  const blocklists = (element.children('blocklists')[0]?.children('id') ?? []).map(({ text }) => text);

  const ask = async (
    context: PolicyContext,
    what: string,
    body: object,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const { services } = context;
    const answer = await services.send({
      method: 'POST',
      url: `/contentsafety/text:${what}?api-version=${apiVersion}`,
      headers: new HeaderMap([['Content-Type', 'application/json']]),
      body: new TextEncoder().encode(JSON.stringify(body)),
      timeoutMs,
      backendId: backendId(context),
    });
    const result = bodyObject(await answer.body?.buffer(), answer.headers);
    // A text that the service does not take, or a service that does not take us, is not a text that passed.
    if (answer.status !== 200 || !result) throw refusal(`The content safety service answered ${answer.status}.`);
    return result;
  };

  const analyze = async (context: PolicyContext, text: string): Promise<void> => {
    if (thresholds.length === 0 && blocklists.length === 0) return;
    const result = await ask(context, 'analyze', {
      text,
      ...(thresholds.length > 0 ? { categories: thresholds.map(([name]) => name) } : {}),
      outputType: outputType(context),
      ...(blocklists.length > 0 ? { blocklistNames: blocklists.map((id) => asText(id(context)).trim()) } : {}),
    });
    const matches = result['blocklistsMatch'];
    if (Array.isArray(matches) && matches.length > 0) throw refusal('A blocklist matched.');
    const found = result['categoriesAnalysis'];
    const severities = new Map(
      (Array.isArray(found) ? found.filter(isObject) : []).map(({ category, severity }) => [
        String(category),
        Number(severity),
      ]),
    );
    for (const [name, threshold] of thresholds) {
      if ((severities.get(name) ?? 0) >= threshold(context)) throw refusal(`The category ${name} is at its threshold.`);
    }
  };

  return async (
    context: PolicyContext,
    text: string,
    { isPrompt, shields }: { readonly isPrompt: boolean; readonly shields: boolean },
  ): Promise<void> => {
    if (text === '') return;
    const size = isPrompt ? promptWindow : Math.max(1, windowSize(context));
    const step = isPrompt ? size : Math.max(1, size - overlap(context));
    for (let at = 0; at < text.length; at += step) {
      const part = text.slice(at, at + size);
      if (shields) {
        const result = await ask(context, 'shieldPrompt', { userPrompt: part, documents: [] });
        const analysis = result['userPromptAnalysis'];
        if (isObject(analysis) && analysis['attackDetected'] === true)
          throw refusal('An attack by prompt was detected.');
      }
      await analyze(context, part);
      if (at + size >= text.length) return;
    }
  };
}
