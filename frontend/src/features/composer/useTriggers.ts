import { useEffect, useState } from "react";
import type { Command } from "./suggestion";
import { findTrigger } from "./trigger";
import { useSuggestions } from "./useSuggestions";

/** The list that opens at @, #, : and /, for the text and caret it is told of. */
export function useTriggers(roomId: string, text: string, caret: number, commands: readonly Command[]) {
  const trigger = findTrigger(text, caret);
  const place = trigger ? `${trigger.sign}${trigger.start}` : "";
  const [picked, setPicked] = useState({ place: "", at: 0 });
  const [closed, setClosed] = useState("");
  const { items, note, emoji } = useSuggestions(roomId, trigger, commands);
  // Closed for as long as one writes on at that place; whoever comes back to it wants it again.
  useEffect(() => setClosed((known) => (known === place ? known : "")), [place]);
  const isClosed = place === "" || closed === place;
  const shown = isClosed ? [] : items;
  const at = picked.place === place ? Math.max(0, Math.min(picked.at, shown.length - 1)) : 0;
  const point = (index: number) => setPicked({ place, at: index });
  return {
    trigger,
    items: shown,
    note: isClosed ? null : note,
    emoji,
    at,
    point,
    move: (step: number) => point((at + step + shown.length) % Math.max(1, shown.length)),
    close: () => setClosed(place),
  };
}
