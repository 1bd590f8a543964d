import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import { createBackoff, later } from "@/lib/backoff";
import { notify } from "@/lib/notify";

/** So often it fails before it is told: the connection may just have gone, which is said elsewhere. */
const QUIET_MISSES = 3;
const LONGEST_MS = 30_000;

/**
 * A part of the page whose code is loaded with its first use, however often that fails: without a connection what waits
 * for it stays as it is, and `lazy` by itself would take the whole page down.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as React's own: it fits components with any properties
export function lazily<C extends ComponentType<any>>(load: () => Promise<{ default: C }>): LazyExoticComponent<C> {
  const backoff = createBackoff(later, LONGEST_MS);
  let misses = 0;
  const attempt = (resolve: (loaded: { default: C }) => void): void => {
    load().then(resolve, () => {
      misses += 1;
      if (misses === QUIET_MISSES) notify("error", "A part of the page could not be loaded. It comes when the server answers; after an update of the server, reload the page.");
      backoff.again("load", () => attempt(resolve));
    });
  };
  return lazy(() => new Promise(attempt));
}
