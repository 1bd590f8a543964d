import { useEffect, useState } from "react";
import { loadNamedEmoji, type NamedEmoji } from "@/lib/namedEmoji";

/** All emoji once they are needed; none before they are there. */
export function useNamedEmoji(isNeeded: boolean): readonly NamedEmoji[] {
  const [all, setAll] = useState<readonly NamedEmoji[]>([]);
  useEffect(() => {
    let isHere = true;
    if (isNeeded) loadNamedEmoji().then((loaded) => { if (isHere) setAll(loaded); }, () => undefined); // tried again with the next :
    return () => { isHere = false; };
  }, [isNeeded]);
  return all;
}
