/** The name that was probably meant: another case, else the fewest changed letters, at most a third of them. */
export function nearName(name: string, known: Iterable<string>): string | undefined {
  const lower = name.toLowerCase();
  const bare = lower.replaceAll('_', '');
  let best: string | undefined;
  let bestDistance = Math.min(4, Math.max(1, Math.floor(name.length / 3))) + 1;
  if (name.length < 3) bestDistance = 1;
  for (const candidate of known) {
    if (candidate === name) continue;
    const other = candidate.toLowerCase();
    if (other === lower) return candidate;
    const distance =
      other.replaceAll('_', '') === bare
        ? 0.5
        : Math.abs(other.length - lower.length) < bestDistance
          ? changes(lower, other)
          : 99;
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters to insert, delete, replace or swap with their neighbour. */
function changes(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
