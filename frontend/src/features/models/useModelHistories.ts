import { useEffect, useState } from "react";
import type { ModelHistory } from "@/protocol/types";
import { readHistories, seenSoFar } from "@/state/modelHistories";
import { useAppState } from "@/state/useAppState";

/** What happens within this time is read together. */
const SETTLE_MS = 800;

/** What was seen of each model, read when this is shown and again when a load or an answer has ended. */
export function useModelHistories(): Readonly<Record<string, ModelHistory>> {
  const [known, setKnown] = useState<{ seen: string | null; histories: Record<string, ModelHistory> }>({ seen: null, histories: {} });
  const seen = useAppState(seenSoFar);
  useEffect(() => {
    if (known.seen === seen) return;
    let isOver = false;
    const timer = setTimeout(() => {
      void readHistories().then((histories) => { if (!isOver) setKnown({ seen, histories }); });
    }, known.seen === null ? 0 : SETTLE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [known.seen, seen]);
  return known.histories;
}
