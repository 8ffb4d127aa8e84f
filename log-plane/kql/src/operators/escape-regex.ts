/** A text as a pattern that matches just it. Signs beyond ASCII stand for themselves; RE2 knows no escapes for them. */
export const escapeRegex = (text: string): string => text.replace(/[!-/:-@[-^`{-~]/g, '\\$&');
