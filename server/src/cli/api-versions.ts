/** The api-version that the commands send, by provider namespace; the longest match of the path wins. */
const versions: readonly (readonly [pattern: RegExp, version: string])[] = [
  [/\/providers\/microsoft\.insights\/diagnosticsettings/i, '2021-05-01-preview'],
  [/\/providers\/microsoft\.authorization\//i, '2022-04-01'],
  [/\/providers\/microsoft\.operationalinsights\//i, '2023-09-01'],
  [/\/providers\/microsoft\.cognitiveservices/i, '2024-10-01'],
  // The first one whose diagnostics have largeLanguageModel.
  [/\/providers\/microsoft\.apimanagement/i, '2024-06-01-preview'],
  // Microsoft.Resources: subscriptions, tenants, resource groups, resources, providers.
  [/^\/(?:subscriptions|tenants|providers)(?:[/?]|$)/i, '2022-12-01'],
];

/** `path` with `api-version`, unless it has one or nothing is known about it. */
export function withApiVersion(path: string): string {
  if (/[?&]api-version=/i.test(path)) return path;
  const version = versions.find(([pattern]) => pattern.test(path))?.[1];
  return version === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
}
