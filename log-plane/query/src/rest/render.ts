import type { RenderHint } from '@vigia/kql';

/** Names of Kusto's `render … with (…)` to the ones in the answer; those that are absent there are null. */
const names: Readonly<Record<string, string>> = {
  title: 'title',
  kind: 'kind',
  legend: 'legend',
  series: 'series',
  ymin: 'yMin',
  ymax: 'yMax',
  xaxis: 'xAxis',
  xcolumn: 'xColumn',
  xtitle: 'xTitle',
  yaxis: 'yAxis',
  ycolumns: 'yColumns',
  ysplit: 'ySplit',
  ytitle: 'yTitle',
  anomalycolumns: 'anomalyColumns',
};

/** The answer's `render`: what a chart needs to know beside the rows. */
export function renderAnswer({ visualization, properties }: RenderHint): Record<string, unknown> {
  const given = new Map(Object.entries(properties).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    visualization,
    accumulate: given.get('accumulate') === 'true',
    isQuerySorted: false,
    ...Object.fromEntries(
      Object.entries(names).map(([kusto, name]) => [
        name,
        given.get(kusto) ?? (name === 'yMin' || name === 'yMax' ? 'NaN' : null),
      ]),
    ),
  };
}
