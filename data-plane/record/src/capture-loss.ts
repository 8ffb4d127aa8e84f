import { randomUUID } from 'node:crypto';
import type { LogRecord } from '@vigia/contract';

/** What is known of records that are gone. */
export interface CaptureLoss {
  /** The spool's name. */
  readonly source: string;
  readonly reason: string;
  /** Records lost; null where damage hides how many there were. */
  readonly records: number | null;
  readonly bytes: number;
  /** Milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
}

/** The record that says that records were lost: one `VigiaCaptureLoss` row in each workspace concerned. */
export function captureLossRecord(
  loss: CaptureLoss,
  workspaces: ReadonlyMap<string, number | null>,
  id = `loss-${loss.source}-${randomUUID()}`,
): LogRecord {
  return {
    id,
    rows: [...workspaces].map(([workspaceId, rows]) => ({
      table: 'VigiaCaptureLoss',
      workspaceId,
      values: {
        TimeGenerated: new Date(loss.to).toISOString(),
        Source: loss.source,
        Reason: loss.reason,
        LostRecords: loss.records,
        LostRows: rows,
        LostBytes: loss.bytes,
        FirstLost: new Date(loss.from).toISOString(),
        LastLost: new Date(loss.to).toISOString(),
      },
    })),
  };
}
