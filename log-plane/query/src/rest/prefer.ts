/** What the header `Prefer` asks for. */
export interface Preferences {
  /** Seconds. */
  readonly wait?: number;
  readonly includeStatistics: boolean;
  readonly includeRender: boolean;
  readonly includeDataSources: boolean;
  /** Vigia's own: the SQL that ran. */
  readonly includeExplain: boolean;
  /** What of it is followed, for `Preference-Applied`; as RFC 7240 has it, other preferences are passed over. */
  readonly applied: string;
}

/** `wait=30, include-statistics=true`; also with semicolons, as some clients join them. */
export function readPrefer(header: string | readonly string[] | undefined): Preferences {
  const given = new Map<string, string>();
  for (const preference of [header ?? []].flat().join(',').split(/[,;]/)) {
    const [name = '', value = 'true'] = preference.split('=').map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
    if (name !== '' && !given.has(name.toLowerCase())) given.set(name.toLowerCase(), value.toLowerCase());
  }
  const wait = Number(given.get('wait'));
  const isWaitKnown = Number.isInteger(wait) && wait > 0;
  const isAsked = (name: string): boolean => given.get(name) === 'true';
  const applied = [
    ...(isWaitKnown ? [`wait=${wait}`] : []),
    ...['include-statistics', 'include-render', 'include-datasources', 'include-explain']
      .filter(isAsked)
      .map((name) => `${name}=true`),
  ];
  return {
    ...(isWaitKnown ? { wait } : {}),
    includeStatistics: isAsked('include-statistics'),
    includeRender: isAsked('include-render'),
    includeDataSources: isAsked('include-datasources'),
    includeExplain: isAsked('include-explain'),
    applied: applied.join(', '),
  };
}
