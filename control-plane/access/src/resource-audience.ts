/** `https://cognitiveservices.azure.com/` and the same without the slash name one resource. */
export const audienceOf = (resource: string): string => resource.replace(/\/+$/, '');

/** A resource that a token can be for: an absolute URI (`https://…`, `api://…`) or an application's guid. */
export const isResource = (text: string): boolean =>
  /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+[^\s?#]*$/i.test(text) ||
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
