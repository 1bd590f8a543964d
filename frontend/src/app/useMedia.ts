import { useCallback, useSyncExternalStore } from "react";

/** One for each query: browsers keep those that were ever made for a long time. */
const lists = new Map<string, MediaQueryList>();

function listOf(query: string): MediaQueryList {
  const list = lists.get(query) ?? matchMedia(query);
  lists.set(query, list);
  return list;
}

export function useMedia(query: string): boolean {
  const list = listOf(query);
  const subscribe = useCallback((changed: () => void) => {
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [list]);
  return useSyncExternalStore(subscribe, () => list.matches);
}
