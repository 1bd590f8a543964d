import { useEffect, useRef, useState } from "react";
import type { MeaningState, SearchHit } from "@/protocol/types";
import type { ErrorLike } from "@/state/appState";
import { search, type SearchMode } from "@/state/search";

const PAUSE_MS = 250;

interface Found {
  /** What was asked: typed text, way and room. */
  key: string;
  hits: readonly SearchHit[];
  next: string | null;
  mode: SearchMode;
  meaning: MeaningState | null;
  error: ErrorLike | null;
}

export interface Search {
  /** Of the last answer, while another one is under way as well. */
  hits: readonly SearchHit[];
  hasMore: boolean;
  error: ErrorLike | null;
  isLoading: boolean;
  /** How it was searched: by words, where meaning cannot be had. */
  mode: SearchMode;
  meaning: MeaningState | null;
  loadMore: () => void;
  tryAgain: () => void;
}

const NOTHING: Found = { key: "", hits: [], next: null, mode: "text", meaning: null, error: null };

/** Searches when somebody has stopped typing for a moment; what was asked before another key was pressed is not shown. */
export function useSearch(typed: string, mode: SearchMode, room: string | null): Search {
  const text = typed.trim();
  const [found, setFound] = useState(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const key = text ? JSON.stringify([text, mode, room, attempt]) : "";
  const loadingMore = useRef("");
  useEffect(() => {
    if (!key) return;
    let isOver = false;
    const timer = setTimeout(() => {
      search.find(text, mode, room, null).then(
        ({ hits, next, mode: done, meaning }) => { if (!isOver) setFound({ key, hits, next, mode: done, meaning, error: null }); },
        (cause: unknown) => { if (!isOver) setFound({ ...NOTHING, key, error: search.failure(cause) }); },
      );
    }, PAUSE_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [key, text, mode, room]);

  function loadMore() {
    const { next } = found;
    if (!next || found.key !== key || loadingMore.current === next) return;
    loadingMore.current = next;
    search.find(text, "text", room, next)
      .then(
        (page) => setFound((known) => (known.next === next ? { ...known, hits: [...known.hits, ...page.hits], next: page.next } : known)),
        (cause: unknown) => setFound((known) => (known.next === next ? { ...known, error: search.failure(cause) } : known)),
      )
      .finally(() => { loadingMore.current = ""; });
  }
  const shown = key ? found : NOTHING;
  return { hits: shown.hits, hasMore: shown.next !== null && !shown.error, error: shown.key === key ? shown.error : null, isLoading: shown.key !== key, mode: shown.mode, meaning: shown.meaning, loadMore, tryAgain: () => setAttempt(attempt + 1) };
}
