/** A change of a text; places are those of the text as it was. */
export interface TextEdit {
  /** UTF-16 offset. */
  readonly start: number;
  readonly length: number;
  /** What stands there instead. */
  readonly text: string;
}

/** The text with all edits; of those that overlap the first is taken. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let position = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < position) continue;
    result += text.slice(position, edit.start) + edit.text;
    position = edit.start + edit.length;
  }
  return result + text.slice(position);
}
