import { Problem } from '@vigia/problem';
import { type ArmAnswer, type ArmCall, parameter } from './arm-call.ts';
import { type Filter, filterBy } from './filter.ts';

export interface ListOptions<T> {
  /** Absent: the list takes no `$filter`. */
  readonly filter?: Filter<T>;
  /** API Management's lists have `count`: how many there are without `$top` and `$skip`. */
  readonly hasCount?: boolean;
  readonly show: (item: T) => unknown;
}

/** `{value, count?, nextLink?}`; without `$top` all of it at once. */
export function listAnswer<T>(call: ArmCall, items: readonly T[], options: ListOptions<T>): ArmAnswer {
  const filter = parameter(call, '$filter');
  const found = filter === undefined ? items : items.filter((options.filter ?? filterBy<T>({ fields: {} }))(filter));
  const top = wholeNumber(call, '$top', 1);
  const skip = wholeNumber(call, '$skip', 0) ?? 0;
  const end = top === undefined ? found.length : skip + top;
  return {
    status: 200,
    body: {
      value: found.slice(skip, end).map(options.show),
      ...(options.hasCount ? { count: found.length } : {}),
      ...(end < found.length ? { nextLink: nextLink(call, end) } : {}),
    },
  };
}

function wholeNumber(call: ArmCall, name: string, least: number): number | undefined {
  const text = parameter(call, name);
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new Problem({
    code: 'InvalidQueryParameterValue',
    status: 400,
    message: `The query parameter '${name}' takes a whole number from ${least} up, found '${text}'.`,
  });
}

function nextLink({ url }: ArmCall, skip: number): string {
  const query = new URLSearchParams([...url.query].filter(([name]) => name.toLowerCase() !== '$skip'));
  query.set('$skip', String(skip));
  return `${url.origin}${url.path}?${query}`;
}
