import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly isRight?: boolean;
}

/** Control characters would move the cursor: line ends and tabs become visible, the rest vanishes from the cell. */
const oneLine = (text: string): string =>
  text
    .replaceAll('\r', '')
    .replaceAll('\n', '↵')
    .replaceAll('\t', ' ')
    .replace(/\p{Cc}/gu, '');

/** Bodies are long and mostly ASCII: those need no measuring. */
const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
const widthOf = (text: string): number => (isAscii(text) ? text.length : stringWidth(text));

/** Columns that a cell of a piped table has at most; JSON and CSV are whole. */
const widestCell = 1000;

/** At most `width` columns wide, cut between whole characters and marked with `…`. */
export function cut(text: string, width: number): string {
  // A cell may hold a body of megabytes: nothing beyond what could fit is measured.
  const head = text.length > width * 4 ? text.slice(0, width * 4) : text;
  if (isAscii(head)) return text.length <= width ? text : `${head.slice(0, Math.max(0, width - 1))}…`;
  if (head.length === text.length && stringWidth(text) <= width) return text;
  let cutText = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(head)) {
    const next = widthOf(segment);
    if (used + next > width - 1) break;
    cutText += segment;
    used += next;
  }
  return `${cutText}…`;
}

/**
 * Columns as wide as their widest cell, two spaces apart, a rule under the titles. Where the terminal is narrower the
 * widest columns give way.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width?: number): string {
  const most = Math.min(widestCell, width ?? widestCell);
  const cells = rows.map((row) => columns.map((_, index) => oneLine(cut(row[index] ?? '', most))));
  const widths = columns.map(({ title }, index) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), widthOf(title)),
  );
  if (width !== undefined) shrink(widths, width - 2 * (columns.length - 1));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, index) => {
        const room = widths[index] ?? 0;
        const shown = cut(cell, room);
        const pad = ' '.repeat(Math.max(0, room - widthOf(shown)));
        return columns[index]?.isRight ? pad + shown : shown + pad;
      })
      .join('  ')
      .trimEnd();
  return `${[line(columns.map(({ title }) => title)), widths.map((room) => '-'.repeat(room)).join('  '), ...cells.map(line)].join('\n')}\n`;
}

/** Takes from the widest columns until the sum fits, down to 8 each. */
function shrink(widths: number[], room: number): void {
  const least = 8;
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= least) return;
    const second = Math.max(least, ...widths.filter((width) => width < widest));
    const equal = widths.filter((width) => width === widest).length;
    const step = Math.max(1, Math.min(widest - second, Math.floor(over / equal) || 1));
    for (const [index, width] of widths.entries()) {
      if (width === widest && over > 0) {
        widths[index] = width - step;
        over -= step;
      }
    }
  }
}
