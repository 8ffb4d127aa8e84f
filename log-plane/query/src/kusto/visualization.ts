import type { RenderHint } from '@vigia/kql';

/** Kusto's spelling of what a `render` says, and what stands there where it says nothing. */
const fields = {
  title: ['Title', null],
  xcolumn: ['XColumn', null],
  series: ['Series', null],
  ycolumns: ['YColumns', null],
  anomalycolumns: ['AnomalyColumns', null],
  xtitle: ['XTitle', null],
  ytitle: ['YTitle', null],
  xaxis: ['XAxis', null],
  yaxis: ['YAxis', null],
  legend: ['Legend', null],
  ysplit: ['YSplit', null],
  kind: ['Kind', null],
  ymin: ['Ymin', 'NaN'],
  ymax: ['Ymax', 'NaN'],
} as const satisfies Readonly<Record<string, readonly [name: string, absent: string | null]>>;

/** The row `Visualization` of `@ExtendedProperties`: JSON text. */
export function visualizationText(render: RenderHint | undefined): string {
  const given = new Map(Object.entries(render?.properties ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return JSON.stringify({
    Visualization: render?.visualization ?? null,
    ...Object.fromEntries(Object.entries(fields).map(([key, [name, absent]]) => [name, given.get(key) ?? absent])),
    Accumulate: given.get('accumulate') === 'true',
    IsQuerySorted: false,
  });
}
