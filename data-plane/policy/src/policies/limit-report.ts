import type { PolicyContext, PolicyResponse } from '../context.ts';
import { defaultResponse } from '../default-response.ts';
import { type CompiledElement, literal } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

/** Attributes by which a limit tells its numbers: `<what>-header-name` and `<what>-variable-name`. */
export const reportAttributes = <W extends string>(...names: readonly W[]) =>
  Object.fromEntries(
    names.flatMap((name) => [
      [`${name}-header-name`, literal('string')],
      [`${name}-variable-name`, literal('string')],
    ]),
  );

/** Puts a number where the element wants it told: in a variable at once, in a header of whatever answer leaves. */
export function compileReport(element: CompiledElement, what: string): (context: PolicyContext, value: number) => void {
  const header = element.literal(`${what}-header-name`);
  const variable = element.literal(`${what}-variable-name`);
  const { values } = element.surroundings;
  return (context, value) => {
    if (variable) context.variables.set(variable, values.integer(value));
    if (header) context.followUps.onAnswer(element, ({ response }) => response?.headers.set(header, [String(value)]));
  };
}

/** The refusal of a limit. `waitMs` Infinity: waiting does not help. */
export function refuseByLimit(
  element: CompiledElement,
  refusal: { readonly status: number; readonly reason: string; readonly message: string; readonly waitMs: number },
): (context: PolicyContext) => PolicyError {
  const header = element.literal('retry-after-header-name') ?? 'Retry-After';
  const variable = element.literal('retry-after-variable-name');
  const { values } = element.surroundings;
  return (context) => {
    const response: PolicyResponse = defaultResponse({
      kind: 'status',
      status: refusal.status,
      message: refusal.message,
    });
    if (Number.isFinite(refusal.waitMs)) {
      const seconds = wholeSeconds(refusal.waitMs);
      response.headers.set(header, [String(seconds)]);
      if (variable) context.variables.set(variable, values.integer(seconds));
    }
    return new PolicyError(refusal.reason, lastErrorMessage(refusal), { response });
  };
}

/** LastError names the limit; the client is told how long to wait as well. */
const lastErrorMessage = ({ reason, message }: { readonly reason: string; readonly message: string }): string =>
  reason === 'RateLimitExceeded' ? 'Rate limit is exceeded' : message;

export const wholeSeconds = (milliseconds: number): number => Math.max(1, Math.ceil(milliseconds / 1000));

/** `00:30:02`, with days `2.03:00:00`: how .NET prints a TimeSpan. */
export function timeSpanText(milliseconds: number): string {
  const seconds = wholeSeconds(milliseconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = `${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
  return days === 0 ? time : `${days}.${time}`;
}
