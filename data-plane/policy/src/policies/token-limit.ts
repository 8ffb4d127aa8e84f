import type { PolicyContext } from '../context.ts';
import { type CompiledElement, definePolicy, expression, literal } from '../definition.ts';
import { type LlmRequest, llmRequestOf, promptTokens } from '../llm/llm-request.ts';
import { completeUsage, onLlmAnswer } from '../llm/llm-usage.ts';
import { PolicyError } from '../policy-error.ts';
import type { CounterWindow } from '../services/policy-services.ts';
import { compileReport, refuseByLimit, reportAttributes, wholeSeconds } from './limit-report.ts';

const periods = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly', 'Indefinite'];

/** The period of a quota that `now` is in: it begins at the unit's start in UTC, a week on Monday. */
export function tokenQuotaPeriod(now: number, period: string): CounterWindow & { kind: 'fixed' } {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const from = (start: number, end: number) => ({ kind: 'fixed', start, end }) as const;
  switch (period.toLowerCase()) {
    case 'hourly': {
      const start = Date.UTC(year, month, day, date.getUTCHours());
      return from(start, start + 3_600_000);
    }
    case 'daily':
      return from(Date.UTC(year, month, day), Date.UTC(year, month, day + 1));
    case 'weekly': {
      const monday = day - ((date.getUTCDay() + 6) % 7);
      return from(Date.UTC(year, month, monday), Date.UTC(year, month, monday + 7));
    }
    case 'monthly':
      return from(Date.UTC(year, month), Date.UTC(year, month + 1));
    case 'yearly':
      return from(Date.UTC(year, 0), Date.UTC(year + 1, 0));
    case 'indefinite':
      return from(0, Number.POSITIVE_INFINITY);
    default:
      throw new PolicyError('InvalidQuotaPeriod', `The token-quota-period must be one of ${periods.join(', ')}.`);
  }
}

const count = (value: number, unit: string): string => `${value} ${unit}${value === 1 ? '' : 's'}`;

/** `12 seconds`, `21 minutes and 33 seconds`, `24 days, 14 hours`: the two greatest units. */
export function waitText(waitMs: number): string {
  const seconds = wholeSeconds(waitMs);
  if (seconds < 60) return count(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${count(minutes, 'minute')} and ${count(seconds % 60, 'second')}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${count(hours, 'hour')} and ${count(minutes % 60, 'minute')}`;
  return `${count(Math.floor(hours / 24), 'day')}, ${count(hours % 24, 'hour')}`;
}

const tryAgain = (waitMs: number): string => (Number.isFinite(waitMs) ? ` Try again in ${waitText(waitMs)}.` : '');

const tokenLimitExceeded = (waitMs: number) => ({
  status: 429,
  reason: 'TokenLimitExceeded',
  message: `Token limit is exceeded.${
    Number.isFinite(waitMs) ? ` Try again in ${count(wholeSeconds(waitMs), 'second')}.` : ''
  }`,
  waitMs,
});
const tokenQuotaExceeded = (waitMs: number) => ({
  status: 403,
  reason: 'TokenQuotaExceeded',
  message: `Token quota is exceeded.${tryAgain(waitMs)}`,
  waitMs,
});

/** Counters that a request was already counted on: several policies with one key share one counter. */
const countedOn = new WeakMap<PolicyContext, Set<string>>();

interface Share {
  readonly key: string;
  readonly window: CounterWindow;
  readonly limit: number;
  /** Another policy counts this request on that counter. */
  readonly isCountedElsewhere: boolean;
  readonly tellRemaining: (context: PolicyContext, value: number) => void;
  readonly refusal: typeof tokenLimitExceeded;
}

function defineTokenLimit(name: 'azure-openai-token-limit' | 'llm-token-limit') {
  return definePolicy({
    name,
    sections: ['inbound'],
    attributes: {
      'counter-key': expression('string', { required: true }),
      'estimate-prompt-tokens': literal('boolean', { required: true }),
      'tokens-per-minute': expression('integer'),
      'token-quota': expression('integer'),
      'token-quota-period': expression('string', { oneOf: periods }),
      'prompt-type': literal('string'),
      'ignore-prompt': literal('boolean'),
      ...reportAttributes('retry-after', 'remaining-tokens', 'remaining-quota-tokens', 'tokens-consumed'),
    },
    check: (element) => [
      ...(element.has('tokens-per-minute') || element.has('token-quota')
        ? []
        : [`<${name}> needs the attribute 'tokens-per-minute', 'token-quota', or both.`]),
      ...(element.has('token-quota') === element.has('token-quota-period')
        ? []
        : ["The attributes 'token-quota' and 'token-quota-period' go together."]),
    ],
    needs: () => ({ request: true }),
    difference:
      "Counters are of one gateway process; a stream's header of consumed tokens tells the prompt's estimate.",
    compile: compileTokenLimit,
  });
}

function compileTokenLimit(element: CompiledElement) {
  const keyOf = element.string('counter-key') ?? (() => '');
  const estimates = element.literal('estimate-prompt-tokens')?.trim().toLowerCase() === 'true';
  const ignoresPrompt = element.literal('ignore-prompt')?.trim().toLowerCase() === 'true';
  const perMinute = element.number('tokens-per-minute', 0);
  const quota = element.number('token-quota', 0);
  const periodOf = element.string('token-quota-period') ?? (() => '');
  const hasMinute = element.value('tokens-per-minute') !== undefined;
  const hasQuota = element.value('token-quota') !== undefined;
  const tellTokens = compileReport(element, 'remaining-tokens');
  const tellQuota = compileReport(element, 'remaining-quota-tokens');
  const tellConsumed = compileReport(element, 'tokens-consumed');

  const sharesOf = (context: PolicyContext): readonly Share[] => {
    const key = keyOf(context);
    const counted = countedOn.get(context) ?? new Set<string>();
    countedOn.set(context, counted);
    const shareOf = (share: Omit<Share, 'isCountedElsewhere'>): Share => {
      const isCountedElsewhere = counted.has(share.key);
      counted.add(share.key);
      return { ...share, isCountedElsewhere };
    };
    const shares: Share[] = [];
    if (hasMinute) {
      const window = { kind: 'sliding', milliseconds: 60_000 } as const;
      shares.push(
        shareOf({
          key: `token-limit ${key}`,
          window,
          limit: perMinute(context),
          tellRemaining: tellTokens,
          refusal: tokenLimitExceeded,
        }),
      );
    }
    if (hasQuota) {
      const period = periodOf(context);
      shares.push(
        shareOf({
          key: `token-quota ${period.toLowerCase()} ${key}`,
          window: tokenQuotaPeriod(context.services.clock.now(), period),
          limit: quota(context),
          tellRemaining: tellQuota,
          refusal: tokenQuotaExceeded,
        }),
      );
    }
    return shares;
  };

  return async (context: PolicyContext): Promise<undefined> => {
    const { counters, tokens } = context.services;
    const request = llmRequestOf(context);
    // A stream tells no usage that could be trusted: its prompt is always estimated.
    const estimate =
      request && !ignoresPrompt && (estimates || request.isStreaming) ? await promptTokens(request, tokens) : 0;
    const taken: Share[] = [];
    const shares = sharesOf(context);
    for (const share of shares) {
      const { key, window, limit } = share;
      // Without an estimate the call that crosses the limit passes, and the next one is refused.
      const step = share.isCountedElsewhere
        ? { amount: 0, limit, window }
        : estimate > 0
          ? { amount: estimate, limit, window }
          : { amount: 0, limit: limit - 1, window };
      const reading = await counters.take(key, step);
      share.tellRemaining(context, Math.max(0, limit - reading.used));
      if (!reading.isTaken) {
        for (const one of taken) await counters.add(one.key, { amount: -estimate, window: one.window });
        // Not even an empty counter would do.
        const waitMs = step.amount > limit || limit <= 0 ? Number.POSITIVE_INFINITY : reading.waitMs;
        throw refuseByLimit(element, share.refusal(waitMs))(context);
      }
      if (step.amount > 0) taken.push(share);
    }
    tellConsumed(context, estimate);
    if (request) countAnswer(context, request, { shares, estimate });
    return undefined;
  };

  function countAnswer(
    context: PolicyContext,
    request: LlmRequest,
    given: { readonly shares: readonly Share[]; readonly estimate: number },
  ): void {
    onLlmAnswer(context, element, async (answer, { status }) => {
      // An answer of an error has no tokens but the estimated ones.
      if (answer.usage === undefined && status >= 400) return;
      const usage = await usageToCount(context, request, answer);
      const consumed = ignoresPrompt ? usage.completionTokens : usage.totalTokens;
      for (const { key, window, limit, isCountedElsewhere, tellRemaining } of given.shares) {
        const amount = isCountedElsewhere ? 0 : consumed - given.estimate;
        const used = await context.services.counters.add(key, { amount, window });
        tellRemaining(context, Math.max(0, limit - used));
      }
      tellConsumed(context, consumed);
    });
  }
}

/** Of a stream both sides are estimated, whatever it says itself. */
async function usageToCount(context: PolicyContext, request: LlmRequest, answer: Parameters<typeof completeUsage>[0]) {
  return await completeUsage(request.isStreaming ? { ...answer, usage: undefined } : answer, request, context);
}

export const azureOpenAiTokenLimit = defineTokenLimit('azure-openai-token-limit');
export const llmTokenLimit = defineTokenLimit('llm-token-limit');
