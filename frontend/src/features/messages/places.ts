interface Place {
  key: string;
  offset: number;
}

interface Kept extends Place {
  page: number;
}

const kept = new Map<string, Kept>();

/** Where each room was left, by the first visible row; rooms left at their end have no place, and neither has another page of theirs. */
export const places = {
  get(room: string, page: number): Place | undefined {
    const place = kept.get(room);
    return place?.page === page ? place : undefined;
  },
  set(room: string, page: number, key: string | undefined, offset: number): void {
    if (key) kept.set(room, { page, key, offset });
  },
  clear: (room: string): void => void kept.delete(room),
};
