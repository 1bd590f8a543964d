// What comes in bursts is drawn with the next frame. A key has to wait for the frame before it, so while somebody types,
// bursts are drawn right after each key, when the next one is still far.

/** For how long after a key the next one is expected. */
export const TYPING_MS = 250;
/** A hidden tab draws no frames, but its title and its outbox must still move on. */
const HIDDEN_MS = 50;

let keyAt = -Infinity;
let timer: ReturnType<typeof setTimeout> | undefined;
const waiting = new Set<() => void>();

function release(): void {
  clearTimeout(timer);
  for (const run of waiting) requestAnimationFrame(run);
  waiting.clear();
}

/** Only what makes text: after a key that does something one looks at what it does. A browser that fills a form in names no key. */
function noteKey({ key }: { key?: string }): void {
  if (key?.length !== 1 && key !== "Backspace") return;
  keyAt = performance.now();
  // The first task after a frame runs when it is drawn.
  requestAnimationFrame(() => setTimeout(release));
}

export function nextFrame(run: () => void): void {
  const left = keyAt + TYPING_MS - performance.now();
  if (document.visibilityState === "hidden") setTimeout(run, HIDDEN_MS);
  else if (left <= 0) requestAnimationFrame(run);
  else {
    waiting.add(run);
    clearTimeout(timer);
    timer = setTimeout(release, left);
  }
}

addEventListener("keydown", noteKey, { capture: true, passive: true });
