// Tells the server when nobody has been at this tab for a while, and when somebody is back.
import { connection } from "./connection";

const AWAY_AFTER_MS = 10 * 60_000;
const SIGNS_OF_LIFE = ["pointerdown", "pointermove", "wheel", "keydown", "touchstart", "focus"] as const;

let isAway = false;
let lastSeen = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function tell(): void {
  connection.emit("set_presence", { status: isAway ? "away" : "online" }).catch(() => undefined);
}

/** A new socket is online until it says otherwise. */
function tellAgain(): void {
  if (isAway) tell();
}

function look(): void {
  const left = lastSeen + AWAY_AFTER_MS - Date.now();
  if (left > 0) {
    timer = setTimeout(look, left);
    return;
  }
  isAway = true;
  tell();
}

function onSign(): void {
  lastSeen = Date.now();
  if (!isAway) return;
  isAway = false;
  tell();
  look();
}

function onVisibility(): void {
  if (document.visibilityState === "visible") onSign();
}

export const attention = {
  /** Somebody is here now. Nobody is after ten minutes without input, which a hidden page has none of. */
  start(): void {
    attention.stop();
    lastSeen = Date.now();
    for (const name of SIGNS_OF_LIFE) window.addEventListener(name, onSign, { passive: true, capture: true });
    document.addEventListener("visibilitychange", onVisibility);
    connection.onSetUp(tellAgain);
    look();
  },
  stop(): void {
    clearTimeout(timer);
    isAway = false;
    for (const name of SIGNS_OF_LIFE) window.removeEventListener(name, onSign, { capture: true });
    document.removeEventListener("visibilitychange", onVisibility);
  },
};
