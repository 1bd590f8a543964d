// The code that draws Markdown: loaded beside the first room, which does not wait for it for long.
import { lazy, useEffect, useState } from "react";
import type * as Module from "./Markdown";

/** The first room waits for it for at most this long, so that its messages are not drawn twice; then they are plain at first. */
const PATIENCE_MS = 400;

type Code = typeof Module;

let code: Code | null = null;
let coming: Promise<Code> | null = null;

function load(): Promise<Code> {
  coming ??= import("./Markdown").then((loaded) => (code = loaded));
  return coming;
}

/** Begins to load it before the first message needs it. A failure shows where it is drawn. */
export const preloadMarkdown = (): void => void load().catch(() => { coming = null; });

/** What is there already answers at once, so that nothing is drawn plain before it. */
const atOnce = (loaded: Code): PromiseLike<Code> => ({ then: (resolve) => resolve?.(loaded) as never });

export const Markdown = lazy(() => (code ? atOnce(code) as Promise<Code> : load()));

/** False while the code is on its way and may be waited for. */
export function useMarkdownReady(): boolean {
  const [isReady, setReady] = useState(code !== null);
  useEffect(() => {
    if (isReady) return;
    const show = () => setReady(true);
    const timer = setTimeout(show, PATIENCE_MS);
    load().then(show, show);
    return () => clearTimeout(timer);
  }, [isReady]);
  return isReady;
}
