import type { SpoolOptions } from '@vigia/record';
import type { ProcessLogger } from './process-logger.ts';
import type { RoleConfig, RoleName } from './role.ts';

const segmentBytes = 64 * 1024 * 1024;

/** The spool of a process: one writer each, so the name of the process is the name of the spool. */
export const spoolOptions = (
  { settings, folder }: RoleConfig,
  name: RoleName,
  logger: ProcessLogger,
): SpoolOptions => ({
  folder: folder.spool,
  name,
  limitBytes: settings['capture.spool-limit-bytes'],
  segmentBytes: Math.min(segmentBytes, Math.ceil(settings['capture.spool-limit-bytes'] / 4)),
  overflow: settings['capture.overflow'],
  durability: settings['capture.durability'],
  logger,
});
