// Searching messages. What was looked for last is kept until one signs out.
import type { SearchAnswer } from "@/protocol/types";
import { safeStorage } from "@/lib/safeStorage";
import { ApiError } from "@/transport/ApiError";
import { http } from "@/transport/http";
import type { ErrorLike, Sought } from "./appState";
import { roomStore } from "./roomStore";

export type SearchMode = SearchAnswer["mode"];
const MODES: readonly SearchMode[] = ["text", "semantic", "hybrid"];
const MODE_KEY = "roundtable.search";

export const search = {
  /** A page of what was found; without a room in all that one is in. Throws `ApiError`. */
  find: (typed: string, mode: SearchMode, room: string | null, before: string | null): Promise<SearchAnswer> => http.search(typed, mode, room, before),

  /** By words, unless another way was chosen on this device. */
  mode: (): SearchMode => MODES.find((mode) => mode === safeStorage.get(MODE_KEY)) ?? "text",

  keepMode: (mode: SearchMode): void => safeStorage.set(MODE_KEY, mode),

  failure: (cause: unknown): ErrorLike => (cause instanceof ApiError ? cause : { code: "internal", message: "The search failed. Try again." }),

  keep: (sought: Sought): void => roomStore.update((state) => ({ ...state, sought })),
};
