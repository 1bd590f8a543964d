import { useCallback, useEffect, useRef, useState } from "react";
import type { Page } from "@/state/admin";

export interface Pages<T> {
  /** `null` until the first page is there. */
  items: readonly T[] | null;
  total: number | null;
  error: string | null;
  isBusy: boolean;
  /** Asks for the next page; `null` when there is none. */
  more: (() => void) | null;
  /** Asks for the first page again. */
  reload: () => void;
  /** Shows another version of an item. */
  replace: (changed: T) => void;
}

/** A long list, page by page. Another `load` (it must be stable) is another list; late answers to an earlier one are dropped. */
export function usePages<T extends { id: string }>(load: (after: string | null) => Promise<Page<T>>): Pages<T> {
  const [known, setKnown] = useState<Page<T> | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const asked = useRef(0);

  const ask = useCallback(async (after: string | null) => {
    const mine = ++asked.current;
    setBusy(true);
    try {
      const page = await load(after);
      if (mine !== asked.current) return;
      setKnown((before) => (after && before ? { ...page, items: [...before.items, ...page.items] } : page));
      setError(null);
    } catch (cause) {
      if (mine === asked.current) setError((cause as Error).message);
    }
    if (mine === asked.current) setBusy(false);
  }, [load]);

  useEffect(() => void ask(null), [ask]);
  const next = known?.next ?? null;
  return {
    items: known?.items ?? null,
    total: known?.total ?? null,
    error,
    isBusy,
    more: next === null ? null : () => void ask(next),
    reload: () => void ask(null),
    replace: (changed) => setKnown((before) => before && { ...before, items: before.items.map((item) => (item.id === changed.id ? changed : item)) }),
  };
}
