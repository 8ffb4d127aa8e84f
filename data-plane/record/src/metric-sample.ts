import type { LogExportSnapshot, TableRow } from '@vigia/contract';
import { isoOf } from './azure-resource.ts';

/** One measured value of a metric, before the minute's sums: AzureMetrics is made of these. */
export interface MetricSample {
  readonly name: string;
  readonly unit: 'Count' | 'MilliSeconds' | 'Bytes';
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** `VigiaMetricSample` rows for every export that has AllMetrics on. `at`: milliseconds since the Unix epoch. */
export function metricSampleRows(
  samples: readonly MetricSample[],
  to: { readonly resourceId: string; readonly at: number; readonly exports: readonly LogExportSnapshot[] },
): TableRow[] {
  return to.exports
    .filter(({ allMetrics }) => allMetrics)
    .flatMap(({ workspaceId }) =>
      samples.map(({ name, unit, value, dimensions }) => ({
        table: 'VigiaMetricSample',
        workspaceId,
        values: {
          TimeGenerated: isoOf(to.at),
          ResourceId: to.resourceId.toUpperCase(),
          MetricName: name,
          UnitName: unit,
          Value: value,
          Dimensions: dimensions,
          _ResourceId: to.resourceId.toLowerCase(),
        },
      })),
    );
}
