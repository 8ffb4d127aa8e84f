/** The engine builds such a list in one piece and heeds no interrupt meanwhile; Kusto's dynamic values end at 1 MB anyway. */
const mostElements = 1_048_576;

/** The length of a list that a number of the query asks for; a longer one fails. `length` is printed twice. */
export const listLength = (length: string): string =>
  `case when ${length} > ${mostElements} then error('A list of more than ${mostElements} elements.')::bigint else ${length} end`;
