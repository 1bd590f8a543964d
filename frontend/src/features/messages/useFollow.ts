import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

const NEAR_PX = 48;
/** For how long a wheel, a touch or a key explains that the list moves. */
const INTENT_MS = 400;
/** A movement without such a sign counts only when nothing has grown or shrunk for this long. */
const CALM_MS = 150;

interface Follow {
  isFollowing: boolean;
  /** Goes to the end and stays there. */
  jump: () => void;
  /** Leaves the end, e.g. to show the "New messages" line. */
  release: () => void;
}

/**
 * Keeps a scroller at its end while the reader is there, whatever grows, and never pulls a reader down who went up.
 * The list above may be measured anew at any time, so only a movement up that someone made counts as leaving.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, startsAtEnd: boolean): Follow {
  const [isFollowing, setFollowing] = useState(startsAtEnd);
  const following = useRef(startsAtEnd);

  const set = useCallback((value: boolean) => {
    following.current = value;
    setFollowing(value);
  }, []);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let intent = 0;
    let resized = performance.now();
    let last = { top: element.scrollTop, height: element.scrollHeight };
    const note = () => { intent = performance.now(); };
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const now = performance.now();
      const isCalm = scrollHeight === last.height && now - resized > CALM_MS;
      const isMeant = isCalm || now - intent < INTENT_MS;
      if (scrollHeight - scrollTop - clientHeight < NEAR_PX) {
        if (!following.current) set(true);
      } else if (following.current && scrollTop < last.top - 1 && isMeant) set(false);
      last = { top: scrollTop, height: scrollHeight };
    };
    const grown = new ResizeObserver(() => {
      resized = performance.now();
      if (following.current) toEnd();
    });
    grown.observe(element);
    for (const child of element.children) grown.observe(child);
    element.addEventListener("scroll", onScroll, { passive: true });
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) element.addEventListener(kind, note, { passive: true });
    return () => {
      grown.disconnect();
      element.removeEventListener("scroll", onScroll);
      for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) element.removeEventListener(kind, note);
    };
  }, [scroller, set, toEnd]);

  const jump = useCallback(() => { set(true); toEnd(); }, [set, toEnd]);
  const release = useCallback(() => set(false), [set]);
  return { isFollowing, jump, release };
}
