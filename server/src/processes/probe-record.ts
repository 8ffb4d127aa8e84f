import { randomUUID } from 'node:crypto';
import type { LogRecord } from '@vigia/contract';

/** Goes the whole way of a record and leaves no row. */
export const emptyRecord = (): LogRecord => ({ id: `${randomUUID()}/probe`, rows: [] });
