export const serviceType = 'Microsoft.ApiManagement/service';

/** Id of the API Management service that an id lies in. */
export const serviceIdOf = (id: string): string =>
  /^.*?\/providers\/Microsoft\.ApiManagement\/service\/[^/]+/i.exec(id)?.[0] ?? id;
