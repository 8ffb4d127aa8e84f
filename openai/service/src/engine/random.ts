/** A stream of numbers in [0, 1) that depends on its seed text and on nothing else. */
export interface Random {
  next(): number;
  /** An item of a list that is not empty. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[];
}

export function randomOf(seed: string): Random {
  let state = 0x811c9dc5;
  for (let index = 0; index < seed.length; index += 1) {
    state = Math.imul(state ^ seed.charCodeAt(index), 0x01000193);
  }
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return {
    next,
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    shuffle: (items) => {
      const rest = [...items];
      for (let index = rest.length - 1; index > 0; index -= 1) {
        const other = Math.floor(next() * (index + 1));
        const moved = rest[index];
        const taken = rest[other];
        if (moved !== undefined && taken !== undefined) {
          rest[index] = taken;
          rest[other] = moved;
        }
      }
      return rest;
    },
  };
}
