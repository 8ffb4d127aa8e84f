/** A surrogate without its other half becomes U+FFFD, as .NET's encodings write it. */
export const wellFormed = (text: string): string =>
  /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text;
