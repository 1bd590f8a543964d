type Kind = "success" | "error" | "info";

export interface Notice {
  kind: Kind;
  text: string;
}

let show: ((notice: Notice) => void) | null = null;
let wake: () => void = () => undefined;
const waiting: Notice[] = [];

/** Shows a toast. The code that draws it is loaded with the first one. */
export function notify(kind: Kind, text: string): void {
  if (show) return show({ kind, text });
  waiting.push({ kind, text });
  wake();
}

/** For the part that draws toasts: takes those that wait and all later ones. */
export function onNotice(listener: (notice: Notice) => void): () => void {
  show = listener;
  waiting.splice(0).forEach(listener);
  return () => { show = null; };
}

export function onFirstNotice(listener: () => void): () => void {
  wake = listener;
  if (waiting.length > 0) listener();
  return () => { wake = () => undefined; };
}
