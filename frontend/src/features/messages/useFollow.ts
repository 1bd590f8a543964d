import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;
/** For how long a wheel, a touch or a key explains that the list moves. */
const INTENT_MS = 400;
/** A movement without such a sign counts only when nothing has grown or shrunk for this long: a busy machine tells of it late. */
const CALM_MS = 500;
/** Rows are measured within this time after they were drawn. */
const SETTLE_MS = 150;

interface Follow {
  isFollowing: boolean;
  /** Goes to the end and stays there. */
  jump: () => void;
  leave: () => void;
}

/**
 * Keeps a scroller at its end while the reader is there, whatever grows, and never pulls a reader down who went up.
 * `mayFollow` is false where the list ends before the newest message.
 * The list above may be measured anew at any time, so only a movement up that someone made counts as leaving; any other is undone.
 */
export function useFollow(scroller: RefObject<HTMLElement | null>, startsAtEnd: boolean, mayFollow: boolean): Follow {
  const [isFollowing, setFollowing] = useState(startsAtEnd);
  const following = useRef(startsAtEnd);

  const isEnd = useRef(mayFollow);
  useLayoutEffect(() => { isEnd.current = mayFollow; });
  const set = useCallback((value: boolean) => {
    following.current = value && isEnd.current;
    setFollowing(following.current);
  }, []);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, [scroller]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let intent = -Infinity;
    // Nothing tells that the scroll bar moves; it is held until the pointer is seen again without its button.
    let isDragging = false;
    const release = ({ buttons }: PointerEvent) => { if (buttons === 0) isDragging = false; };
    let resized = performance.now();
    let last = { top: element.scrollTop, height: element.scrollHeight };
    const note = (event: Event) => {
      intent = performance.now();
      isDragging = event.type === "pointerdown" && event.target === element;
      // Before the list has moved, so that a growing reply does not get ahead of the reader.
      if (event instanceof WheelEvent && event.deltaY < 0 && element.scrollTop > 0 && following.current) set(false);
    };
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      const now = performance.now();
      const isCalm = scrollHeight === last.height && now - resized > CALM_MS;
      const isMeant = isCalm || isDragging || now - intent < INTENT_MS;
      const below = scrollHeight - scrollTop - clientHeight;
      const isUp = scrollTop < last.top - 1;
      // Even a small step up leaves, or a reply that grows would hold whoever scrolls slowly.
      if (following.current && isUp && below > 1) {
        if (isMeant) set(false);
        else toEnd(); // the list has put right what it had guessed of the rows above
      }
      if (!following.current && !isUp && below < NEAR_PX) set(true);
      last = { top: scrollTop, height: scrollHeight };
    };
    // A list that fits, or ends where it was left, is at its end without any scrolling; wait until it is measured.
    let settling: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      if (!following.current && element.scrollHeight - element.scrollTop - element.clientHeight < 2) set(true);
    };
    const grown = new ResizeObserver(() => {
      resized = performance.now();
      if (following.current) return toEnd();
      clearTimeout(settling);
      settling = setTimeout(settle, SETTLE_MS);
    });
    grown.observe(element);
    for (const child of element.children) grown.observe(child);
    element.addEventListener("scroll", onScroll, { passive: true });
    window.addEventListener("pointermove", release, { passive: true });
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) element.addEventListener(kind, note, { passive: true });
    return () => {
      grown.disconnect();
      clearTimeout(settling);
      element.removeEventListener("scroll", onScroll);
      window.removeEventListener("pointermove", release);
      for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) element.removeEventListener(kind, note);
    };
  }, [scroller, set, toEnd]);

  const jump = useCallback(() => { set(true); toEnd(); }, [set, toEnd]);
  const leave = useCallback(() => set(false), [set]);
  return { isFollowing, jump, leave };
}
