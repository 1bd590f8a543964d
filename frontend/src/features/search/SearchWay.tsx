import type { SearchMode } from "@/state/search";

const WAYS: [SearchMode, string, string][] = [
  ["text", "Words", "Messages with these words, the newest first"],
  ["semantic", "Meaning", "Messages that say it in other words, the nearest first"],
  ["hybrid", "Both", "By words and by meaning together, the best first"],
];

interface Props {
  mode: SearchMode;
  onChoose: (mode: SearchMode) => void;
}

/** By words, by meaning, or by both. */
export function SearchWay({ mode, onChoose }: Props) {
  return (
    <div className="search-scope" role="group" aria-label="Search by">
      {WAYS.map(([way, name, words]) => (
        <button type="button" key={way} title={words} aria-pressed={way === mode} data-testid="search-way" data-way={way} onClick={() => onChoose(way)}>{name}</button>
      ))}
    </div>
  );
}
