/** The file's name inside the engine. Statements name tables in full, so no connection needs a setting of its own. */
export const DATABASE = 'logs';

/** A name as SQL text. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL literal: for schema names and checked guids, never for what a user wrote. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export const tablePath = (name: string): string => `${DATABASE}.main.${quoteName(name)}`;

/** Up to where each spool was delivered: one row a spool. */
export const PLACES = `${DATABASE}.internal.delivered`;

/** The layout's version: one row. */
export const FORMAT = `${DATABASE}.internal.format`;
