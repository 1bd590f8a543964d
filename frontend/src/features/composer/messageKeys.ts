import type { KeyboardEvent } from "react";
import { messageActions } from "@/state/messageActions";

/** ↑ in an empty field edits the last own message, Esc replies to nothing. False leaves the key to the page. */
export function actOnMessages({ key, shiftKey, altKey, ctrlKey, metaKey, nativeEvent }: KeyboardEvent, roomId: string, isEmpty: boolean): boolean {
  if (nativeEvent.isComposing || shiftKey || altKey || ctrlKey || metaKey) return false;
  if (key === "Escape") return messageActions.endReply(roomId);
  return key === "ArrowUp" && isEmpty && messageActions.startEditLast(roomId);
}
