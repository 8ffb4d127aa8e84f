/**
 * The `data` of each event of a `text/event-stream`, in order. Lines end in LF, CRLF or CR; several data lines of one
 * event are joined with LF. A last event without its empty line is given too: a stream that was cut ends like that.
 */
export function eventData(text: string): readonly string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
  }
  if (data.length > 0) events.push(data.join('\n'));
  return events;
}
