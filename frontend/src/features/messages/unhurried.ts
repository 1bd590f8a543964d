// Work that nobody has to wait for: as much as fits into a frame at once, the rest in turns between which the page lives.
const TURN_MS = 24;

let free = 0;
let isWaiting = false;
const queue = new Set<() => void>();

function turn(): void {
  isWaiting = false;
  free = TURN_MS;
  for (const run of queue) {
    if (free <= 0) break;
    queue.delete(run);
    timed(run);
  }
  wait();
}

function timed(run: () => void): void {
  const began = performance.now();
  run();
  free -= performance.now() - began;
}

/** The next turn gives new time; one that nobody uses does no harm. */
function wait(): void {
  if (isWaiting || (queue.size === 0 && free === TURN_MS)) return;
  isWaiting = true;
  setTimeout(turn, 0);
}

/** Runs it now if there is time, otherwise soon; gives the way to call it off. */
export function unhurried(run: () => void): () => void {
  if (queue.size === 0 && (free > 0 || !isWaiting)) {
    if (!isWaiting) free = TURN_MS;
    timed(run);
  } else queue.add(run);
  wait();
  return () => void queue.delete(run);
}
