import { useCallback, useEffect, useState } from "react";

export type List<T> = { items: T[] } | { error: string } | null;

/** What `load` answers: `null` until then, an error in words if it fails; `reload` asks again. `load` must be stable. */
export function useList<T>(load: () => Promise<T[]>): { list: List<T>; reload: () => void } {
  const [list, setList] = useState<List<T>>(null);
  const reload = useCallback(() => {
    load().then((items) => setList({ items }), (error: Error) => setList({ error: error.message }));
  }, [load]);
  useEffect(reload, [reload]);
  return { list, reload };
}
