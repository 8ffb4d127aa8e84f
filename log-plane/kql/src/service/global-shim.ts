/** The Kusto scripts look for `global`; a browser only has `globalThis`. Must be imported before them. */
(globalThis as { global?: unknown }).global ??= globalThis;
