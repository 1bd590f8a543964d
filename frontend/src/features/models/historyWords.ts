import { formatAmount } from "@/lib/formatAmount";
import type { ModelHistory } from "@/protocol/types";

function range(values: readonly number[], format: (value: number) => string): string {
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low.replace(/ [a-z/]+$/, "")}–${high}`;
}

const last = (number: number): string => (number === 1 ? "last time" : `last ${number}`);

/** What the chart of the loads shows, in words. */
export function loadsWords({ loads }: ModelHistory): string {
  const seconds = loads.map(({ load_ms }) => load_ms / 1000);
  const cold = loads.filter(({ is_cold }) => is_cold).length;
  const from = cold === 0 || cold === loads.length ? "" : `, ${cold} from disk`;
  return `Loads in ${range(seconds, formatAmount.seconds)}, ${last(loads.length)}${from}`;
}

/** What the chart of the speeds shows, in words. */
export function speedsWords({ speeds }: ModelHistory): string {
  return `Writes ${range(speeds, formatAmount.rate)}, ${last(speeds.length)}`;
}
