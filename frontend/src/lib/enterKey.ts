/** What a press of a key tells. */
export interface Key {
  key: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** What Enter does in a text field: it sends and Shift+Enter makes a line, or the other way round. Ctrl and Cmd always send, Alt never does. */
export function enterKey({ key, shiftKey, altKey, ctrlKey, metaKey }: Key, enterSends: boolean): "send" | "newline" | "none" {
  if (key !== "Enter") return "none";
  if (altKey) return "newline";
  if (ctrlKey || metaKey) return "send";
  return shiftKey === enterSends ? "newline" : "send";
}
