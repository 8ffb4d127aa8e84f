import { isProblem, Problem } from './problem.ts';

export interface WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const unexpected = new Problem({
  code: 'InternalServerError',
  status: 500,
  message: 'The request failed for a reason that is ours, not yours. The log of the process has the details.',
});

/** Anything thrown, as a problem; what is not one becomes a 500 that tells nothing of our inside. */
export const toProblem = (error: unknown): Problem => (isProblem(error) ? error : unexpected);

/** `{"error":{"code","message","details":[{"code","target","message"}]}}`: Azure Resource Manager's envelope. */
export function toArmError(error: unknown): WireError {
  const problem = toProblem(error);
  return {
    status: problem.status,
    headers: problem.headers,
    body: {
      error: {
        code: problem.code,
        message: problem.message,
        ...(problem.details.length > 0 ? { details: problem.details } : {}),
        ...(problem.inner ? { innererror: problem.inner } : {}),
      },
    },
  };
}

/** `{"error":{"code","message"}}` of the Azure OpenAI service; `details` do not exist there. */
export function toOpenAiError(error: unknown): WireError {
  const problem = toProblem(error);
  return {
    status: problem.status,
    headers: problem.headers,
    body: { error: { code: problem.code, message: problem.message } },
  };
}
