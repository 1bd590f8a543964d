import { formatAmount } from "@/lib/formatAmount";
import type { ModelHistory } from "@/protocol/types";

function range(values: readonly number[], format: (value: number) => string): string {
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low.replace(/ [a-z/]+$/, "")}–${high}`;
}

const count = (number: number, one: string): string => (number === 1 ? `the last ${one}` : `the last ${number} ${one}s`);

/** What the chart of the loads shows, in words. */
export function loadsWords({ loads }: ModelHistory): string {
  const seconds = loads.map(({ load_ms }) => load_ms / 1000);
  const cold = loads.filter(({ is_cold }) => is_cold).length;
  const from = cold === 0 || cold === loads.length ? "" : `, ${cold} from disk`;
  return `Loads in ${range(seconds, formatAmount.seconds)}, ${count(loads.length, "load")}${from}`;
}

/** What the chart of the speeds shows, in words. */
export function speedsWords({ speeds }: ModelHistory): string {
  return `Writes ${range(speeds, formatAmount.rate)}, ${count(speeds.length, "answer")}`;
}
