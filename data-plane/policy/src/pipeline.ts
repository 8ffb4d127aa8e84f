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
    if (onError.length === 0) return await settle(context);
    try {
      if (needs.requestBody) await context.request.body?.buffer();
      await runSteps(onError, context);
    } catch (error) {
      const { lastError: second, response: its } = describe(error);
      // The first error is the one that the log names; what on-error did wrong goes to the trace.
      context.trace({ source: second.source, level: 'error', message: second.message });
      context.response = its ?? internalError(context);
    }
    await settle(context);
  };

  /** What policies still want of the answer: headers of a limit, counts that depend on it. */
  const settle = async (context: PolicyContext): Promise<void> => {
    for (const error of await context.followUps.beforeAnswer(context)) {
      const { lastError } = describe(error);
      context.trace({ source: lastError.source, level: 'error', message: lastError.message });
    }
  };

  /** Where the answer came from a cache, the policies up to the one that stores it are not run again. */
  const behindStore = 1 + outbound.findIndex(({ isCacheStore }) => isCacheStore);

  const runThrough = async (context: PolicyContext): Promise<void> => {
    if (needs.requestBody) await context.request.body?.buffer();
    const asked = await runSteps(inbound, context);
    if (asked === 'end') return;
    if (asked === undefined) {
      const answered = await runSteps(backend, context);
      if (answered === 'end') return;
      // No forward-request ran: outbound works on an empty 200.
      context.response ??= { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined };
      await context.followUps.afterBackend(context);
      await bufferResponse(context);
      await runSteps(outbound, context);
    } else {
      await bufferResponse(context);
      await runSteps(outbound, context, behindStore);
    }
  };

  return {
    needs,
    preflight(context) {
      try {
        return inbound.some(({ preflight }) => preflight?.(context) ?? false);
      } catch (error) {
        const { lastError, response } = describe(error);
        context.lastError = lastError;
        context.response = response ?? internalError(context);
        return true;
      }
    },
    async run(context) {
      try {
        await runThrough(context);
      } catch (error) {
        const { lastError, response } = describe(error);
        return await recover(context, lastError, response ?? internalError(context));
      }
      await settle(context);
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
