import type { SectionName } from './compiler-types.ts';
import type { LastError, Pipeline, PolicyContext, PolicyResponse } from './context.ts';
import { defaultResponse } from './default-response.ts';
import type { Step } from './definition.ts';
import { HeaderMap } from './header-map.ts';
import { LocatedError } from './policy-error.ts';
import { runSteps } from './run-steps.ts';

/** Puts the four sections of one way together. */
export function createPipeline(
  sections: ReadonlyMap<SectionName, readonly Step[]>,
  needs: { readonly requestBody: boolean; readonly responseBody: boolean },
): Pipeline {
  const inbound = sections.get('inbound') ?? [];
  const backend = sections.get('backend') ?? [];
  const outbound = sections.get('outbound') ?? [];
  const onError = sections.get('on-error') ?? [];

  const bufferResponse = async (context: PolicyContext): Promise<void> => {
    if (needs.responseBody) await context.response?.body?.buffer();
  };

  const internalError = (context: PolicyContext): PolicyResponse =>
    defaultResponse({ kind: 'internalServerError', activityId: context.requestId });

  const recover = async (context: PolicyContext, lastError: LastError, response: PolicyResponse): Promise<void> => {
    context.lastError = lastError;
    context.response = response;
    if (onError.length === 0) return;
    try {
      if (needs.requestBody) await context.request.body?.buffer();
      await runSteps(onError, context);
    } catch (error) {
      const { lastError: second, response: its } = describe(error);
      // The first error is the one that the log names; what on-error did wrong goes to the trace.
      context.trace({ source: second.source, level: 'error', message: second.message });
      context.response = its ?? internalError(context);
    }
  };

  return {
    needs,
    async run(context) {
      try {
        if (needs.requestBody) await context.request.body?.buffer();
        if ((await runSteps(inbound, context)) === 'end') return;
        if ((await runSteps(backend, context)) === 'end') return;
        // No forward-request ran: outbound works on an empty 200.
        context.response ??= { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined };
        await bufferResponse(context);
        await runSteps(outbound, context);
      } catch (error) {
        const { lastError, response } = describe(error);
        await recover(context, lastError, response ?? internalError(context));
      }
    },
    fail: recover,
  };
}

/** Every failure as LastError; what no policy claimed is the gateway's own. */
function describe(error: unknown): { lastError: LastError; response: PolicyResponse | undefined } {
  if (error instanceof LocatedError) return { lastError: error.lastError, response: error.response };
  const message = error instanceof Error ? error.message : String(error);
  return { lastError: { source: 'gateway', reason: 'InternalError', message }, response: undefined };
}
