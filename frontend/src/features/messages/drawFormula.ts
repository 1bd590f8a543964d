import katex, { type KatexOptions } from "katex";
import "katex/dist/katex.min.css";
import { copyWithSources } from "./copyWithSources";

const BOUNDS: KatexOptions = {
  throwOnError: true,
  // No links, pictures, classes or styles from a formula.
  trust: false,
  strict: "ignore",
  maxExpand: 300,
  maxSize: 12,
};

document.addEventListener("copy", copyWithSources);

/** What stands between the marks. */
function bodyOf(source: string): string {
  return source.replace(/^(\$\$|\\\[|\\\(|\$)/, "").replace(/(\$\$|\\\]|\\\)|\$)\s*$/, "").trim();
}

/** Browsers lay out what is in one another by recursion, and a formula can be made so deep that the page dies of it. */
const MOST_DEEP = 300;

function depthOf(element: Element): number {
  return 1 + Math.max(0, ...Array.from(element.children, depthOf));
}

/** Draws a formula into an element; gives what is wrong with it, or null. */
export function drawFormula(box: HTMLElement, source: string, isDisplay: boolean): string | null {
  try {
    const drawn = document.createElement("span");
    katex.render(bodyOf(source), drawn, { ...BOUNDS, displayMode: isDisplay });
    if (depthOf(drawn) > MOST_DEEP) return "This formula is nested too deeply.";
    box.replaceChildren(...drawn.childNodes);
  } catch (error) {
    // Also where the parser runs out of stack: the source is shown then.
    return (error as Error).message;
  }
  const room = box.closest(".content")?.clientWidth ?? 0;
  box.classList.toggle("wide", !isDisplay && room > 0 && box.offsetWidth > room);
  return null;
}

export type DrawFormula = typeof drawFormula;
