import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { DrawFormula } from "./drawFormula";
import { unhurried } from "./unhurried";

/** Longer ones show as they were written: nobody reads them, and drawing them takes too long. */
const MOST_CHARS = 8_000;

let loaded: DrawFormula | null = null;

/** The code that draws formulas, asked for with the first one; null until it is there. */
function useDrawing(): DrawFormula | null {
  const [draw, setDraw] = useState(() => loaded);
  useEffect(() => {
    if (draw) return;
    let isOver = false;
    import("./drawFormula").then(({ drawFormula }) => {
      loaded = drawFormula;
      if (!isOver) setDraw(() => drawFormula);
    }, () => undefined);
    return () => { isOver = true; };
  }, [draw]);
  return draw;
}

interface Props {
  /** The formula with its marks, as it was written. */
  source: string;
  isDisplay: boolean;
}

function Source({ source, isDisplay, problem }: Props & { problem?: string | undefined }) {
  return <code className={`formula-source ${isDisplay ? "display" : ""}`} data-testid="formula-source" title={problem}>{source}</code>;
}

function Drawn({ source, isDisplay, draw }: Props & { draw: DrawFormula }) {
  const box = useRef<HTMLSpanElement>(null);
  const [problem, setProblem] = useState<{ source: string; text: string } | null>(null);
  const hasFailed = problem?.source === source;
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    let isDone = false;
    const callOff = unhurried(() => {
      isDone = true;
      const text = draw(element, source, isDisplay);
      if (text) setProblem({ source, text });
    });
    if (!isDone) element.textContent = source;
    return callOff;
  }, [draw, source, isDisplay, hasFailed]);
  if (hasFailed) return <Source source={source} isDisplay={isDisplay} problem={problem.text} />;
  const scrolls = isDisplay ? { role: "group", tabIndex: 0, "aria-label": "Formula" } : {};
  return <span ref={box} className={`formula ${isDisplay ? "display" : ""}`} data-testid="formula" data-source={source} {...scrolls} />;
}

/** A formula; until it is drawn, and when it cannot be, its source. One that is still being written is not drawn yet. */
export function Formula({ source, isDisplay, isOpen }: Props & { isOpen: boolean }) {
  const draw = useDrawing();
  if (!draw || isOpen || source.length > MOST_CHARS) return <Source source={source} isDisplay={isDisplay} />;
  return <Drawn source={source} isDisplay={isDisplay} draw={draw} />;
}
