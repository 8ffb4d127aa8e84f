/** The namespaces that the prefixes xmlns and xml stand for. */
export const xmlnsName = 'http://www.w3.org/2000/xmlns/';
export const xmlName = 'http://www.w3.org/XML/1998/namespace';

const nameStart = /^[\p{L}_]/u;
const nameRest = /^[\p{L}\p{N}\p{M}_.\u00b7-]*$/u;
/** A name without prefix. */
export const isXmlName = (text: string): boolean => nameStart.test(text) && nameRest.test(text);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
export const forbiddenCharacter = (text: string): string | undefined => forbidden.exec(text)?.[0];
