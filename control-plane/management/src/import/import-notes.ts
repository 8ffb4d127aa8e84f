const shownPlaces = 3;

/** Collects what an import changed or left out: one sentence a kind, with the first places where it happened. */
export interface ImportNotes {
  /** `where`: `POST /pets`, `components.schemas.Pet`; absent: the whole document. */
  add(what: string, where?: string): void;
  list(): readonly string[];
}

export function createImportNotes(): ImportNotes {
  const placesOf = new Map<string, string[]>();
  return {
    add(what, where) {
      const places = placesOf.get(what) ?? [];
      placesOf.set(what, places);
      if (where !== undefined && !places.includes(where)) places.push(where);
    },
    list: () =>
      [...placesOf].map(([what, places]) => {
        if (places.length === 0) return what;
        const more = places.length - shownPlaces;
        return `${what} (${places.slice(0, shownPlaces).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
      }),
  };
}
