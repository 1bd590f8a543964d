// Searching messages. What was looked for last is kept until one signs out.
import type { SearchAnswer } from "@/protocol/types";
import { ApiError } from "@/transport/ApiError";
import { http } from "@/transport/http";
import type { ErrorLike, Sought } from "./appState";
import { roomStore } from "./roomStore";

export const search = {
  /** A page of what was found, the newest first; without a room in all that one is in. Throws `ApiError`. */
  find: (typed: string, room: string | null, before: string | null): Promise<SearchAnswer> => http.search(typed, room, before),

  failure: (cause: unknown): ErrorLike => (cause instanceof ApiError ? cause : { code: "internal", message: "The search failed. Try again." }),

  keep: (sought: Sought): void => roomStore.update((state) => ({ ...state, sought })),
};
