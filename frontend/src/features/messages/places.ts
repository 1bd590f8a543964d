interface Place {
  key: string;
  offset: number;
}

const kept = new Map<string, Place>();

/** Where each room was left, by the first visible row; rooms left at their end have no place. */
export const places = {
  get: (room: string): Place | undefined => kept.get(room),
  set(room: string, key: string | undefined, offset: number): void {
    if (key) kept.set(room, { key, offset });
  },
  clear: (room: string): void => void kept.delete(room),
};
