import type { ModelHistory } from "@/protocol/types";
import { Bars } from "@/ui/Bars";
import { loadsWords, speedsWords } from "./historyWords";

/** As many as have a place in a card. */
const MOST_SHOWN = 10;

/** How long the model took to load and how fast it wrote, the last times. */
export function ModelCharts({ history }: { history: ModelHistory }) {
  const shown = { ...history, loads: history.loads.slice(-MOST_SHOWN), speeds: history.speeds.slice(-MOST_SHOWN) };
  const { loads, speeds } = shown;
  if (loads.length === 0 && speeds.length === 0) return null;
  return (
    <div className="charts" data-testid="model-charts">
      {loads.length ? (
        <figure data-testid="load-chart">
          <Bars values={loads.map(({ load_ms }) => load_ms)} isHollow={(index) => loads[index]?.is_cold === false} look="warming" label={`Load times. ${loadsWords(shown)}`} />
          <figcaption aria-hidden="true">{loadsWords(shown)}</figcaption>
        </figure>
      ) : null}
      {speeds.length ? (
        <figure data-testid="speed-chart">
          <Bars values={speeds} label={`Writing speed. ${speedsWords(shown)}`} />
          <figcaption aria-hidden="true">{speedsWords(shown)}</figcaption>
        </figure>
      ) : null}
    </div>
  );
}
