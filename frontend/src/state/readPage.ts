// Asking for pages of the history.
import { http } from "@/transport/http";
import { heardIn, isOvertaken, type Page } from "./historyPages";
import { roomStore } from "./roomStore";

const SIZE = 50;
/** After as many the last one is taken as it is: if messages are missing after it, the list says that there are more. */
const TRIES = 5;

/**
 * A page of the history. It is asked for again when the socket has told something newer while it was on its way:
 * that had no place in the list yet, and would be missing from then on. Throws `ApiError`.
 */
export async function readPage(room: string, place: { before?: number; after?: number; around?: number }): Promise<Page> {
  const now = () => roomStore.get().roomStates[room];
  for (let left = TRIES - 1; ; left--) {
    const heard = heardIn(now());
    const page = { ...(await http.history(room, place, SIZE)), heard };
    if (left === 0 || !isOvertaken(page, now())) return page;
  }
}
