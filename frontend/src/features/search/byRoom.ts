import type { SearchHit } from "@/protocol/types";

export interface RoomHits {
  room: string;
  /** The place of the first of them among all. */
  first: number;
  hits: SearchHit[];
}

/** Neighbours of one room together. They stay in the order in which they were found, so that a further page moves nothing. */
export function byRoom(hits: readonly SearchHit[]): RoomHits[] {
  const groups: RoomHits[] = [];
  hits.forEach((hit, index) => {
    const last = groups.at(-1);
    if (last?.room === hit.room) last.hits.push(hit);
    else groups.push({ room: hit.room, first: index, hits: [hit] });
  });
  return groups;
}
