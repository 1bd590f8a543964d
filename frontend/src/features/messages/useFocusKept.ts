import { type RefObject, useEffect, useRef } from "react";

interface Kept {
  ref: RefObject<HTMLElement | null>;
  onFocus: () => void;
  onBlur: () => void;
}

/** A button that goes when it was pressed (Stop, Continue) leaves the focus to its row, so that Tab goes on from there. */
export function useFocusKept(): Kept {
  const row = useRef<HTMLElement>(null);
  const wasInside = useRef(false);
  useEffect(() => {
    const element = row.current;
    if (!wasInside.current || !element || document.activeElement !== document.body) return;
    // A menu that has just opened takes the focus in a moment, and would close if it came here first.
    if (document.querySelector("[role='menu'], [role='dialog']")) return;
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  });
  return { ref: row, onFocus: () => { wasInside.current = true; }, onBlur: () => { wasInside.current = false; } };
}
