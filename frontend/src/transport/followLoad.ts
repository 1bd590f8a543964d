// Begins a load or a download and follows it to its end, by whichever way gets through.
import type { ModelProgress } from "@/protocol/types";
import { ApiError } from "./ApiError";
import { byEvents, byPolling, byStream, type LoadRequest, type Way } from "./loadWays";
import { spread } from "./reconnectPace";

export interface FollowListener {
  onProgress(progress: ModelProgress): void;
  /** It was not begun, and why. */
  onRefused(error: ApiError): void;
  /** The server has forgotten it, as after a restart. */
  onLost(): void;
}

/** From the best to the one that always works; a later one is taken when the one before broke off. */
const WAYS: readonly Way[] = [byEvents, byStream, byPolling];
/** A browser keeps six connections to a server over HTTP/1.1, and other requests need some as well. */
const MOST_STREAMS = 2;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** What cannot even be begun is given up after as many tries; what runs is followed as long as it does. */
const TRIES_TO_BEGIN = 5;
const ENDS: readonly string[] = ["complete", "failed", "cancelled"];

const UNCLEAR = new ApiError({ code: "internal", message: "The server does not say how far it is. Reload the page." });

/** What to do after a break: try again by the next way, ask by the last one at once, or give up. */
function afterBreak(error: ApiError | null, at: { isBegun: boolean; isLast: boolean; misses: number }): "again" | "ask" | "refused" | "lost" {
  // It is over, but not how: the list of loads has that. And a browser says where a GET comes from, which the server wants
  // to know, only over HTTPS or on the own machine.
  if (!at.isLast && (error === null || error.code === "not_allowed")) return "ask";
  const isFinal = error === null || !error.isConnection;
  if (!at.isBegun) return isFinal || at.misses >= TRIES_TO_BEGIN ? "refused" : "again";
  return error === null || error.code === "not_signed_in" ? "lost" : "again";
}

let streams = 0;

/** Gives what ends the following; the load itself goes on. */
export function followLoad(request: LoadRequest, listener: FollowListener, ways: readonly Way[] = WAYS): () => void {
  const last = ways.length - 1;
  const isStreaming = streams < MOST_STREAMS;
  let way = isStreaming ? 0 : last;
  let id = "";
  let misses = 0;
  let isOver = false;
  let endWay: () => void = () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (isStreaming) streams += 1;

  function end(): void {
    if (isOver) return;
    isOver = true;
    if (isStreaming) streams -= 1;
    clearTimeout(timer);
    endWay();
  }

  function on(progress: ModelProgress): void {
    if (isOver) return;
    id = progress.id;
    misses = 0;
    listener.onProgress(progress);
    if (ENDS.includes(progress.stage)) end();
  }

  function onBroken(error: ApiError | null): void {
    if (isOver) return;
    endWay();
    misses += 1;
    const next = afterBreak(error, { isBegun: id !== "", isLast: way === last, misses });
    if (next === "refused") {
      end();
      return listener.onRefused(error ?? UNCLEAR);
    }
    if (next === "lost") {
      end();
      return listener.onLost();
    }
    way = next === "ask" ? last : Math.min(way + 1, last);
    timer = setTimeout(begin, next === "ask" ? 0 : spread(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (misses - 1))));
  }

  function begin(): void {
    endWay = ways[way]?.(request, id, { on, onBroken }) ?? (() => undefined);
    if (isOver) endWay();
  }

  begin();
  return end;
}
