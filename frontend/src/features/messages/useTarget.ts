import { type RefObject, useEffect } from "react";
import type { VirtualizerHandle } from "virtua";
import type { RoomState } from "@/state/appState";
import type { Row } from "./listItems";

/** How often the row is looked for until it is drawn, once a frame. */
const FRAMES = 30;

/** Goes to the message that was asked for, and puts the focus there so that it is read aloud. */
export function useTarget(
  room: RoomState, list: readonly Row[], scroller: RefObject<HTMLElement | null>, handle: RefObject<VirtualizerHandle | null>, leave: () => void,
): void {
  const { target } = room;
  useEffect(() => {
    const index = target ? list.findIndex((row) => "message" in row && row.message.id === target.id) : -1;
    if (index < 0) return;
    leave();
    let frame = 0;
    const focus = (left: number) => {
      handle.current?.scrollToIndex(index, { align: "center" });
      const row = scroller.current?.querySelector<HTMLElement>('[data-target="true"]');
      if (row) row.focus({ preventScroll: true });
      else if (left > 0) frame = requestAnimationFrame(() => focus(left - 1));
    };
    focus(FRAMES);
    return () => cancelAnimationFrame(frame);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each that is asked for; from then on the reader moves the list
  }, [target]);
}
