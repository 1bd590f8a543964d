import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { type Emoji, findEmoji } from "@/lib/emoji";
import { findNamed, type NamedEmoji } from "@/lib/namedEmoji";
import { useNamedEmoji } from "@/ui/useNamedEmoji";

const COLUMNS = 8;
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

const MAX_OTHERS = 40;

/** The common ones that fit, then all others by their names. */
function found(query: string, all: readonly NamedEmoji[]): readonly Emoji[] {
  const common = findEmoji(query);
  const name = query.trim().replaceAll(":", "").replaceAll(" ", "_");
  if (name === "") return common;
  const others = findNamed(name, all, MAX_OTHERS).filter(({ emoji }) => !common.some((entry) => entry.emoji === emoji));
  return [...common, ...others.map(({ emoji, description }) => ({ emoji, words: description }))];
}

/** Type to find, arrows to choose, Enter to take; or click. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const all = useNamedEmoji(query.trim() !== "");
  const shown = found(query, all);
  const chosen = Math.min(at, shown.length - 1);
  // Newer browsers give a promise here, which is not what an effect may return.
  useEffect(() => { list.current?.children[chosen]?.scrollIntoView({ block: "nearest" }); }, [chosen]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    const entry = shown[chosen];
    if (step) setAt(Math.max(0, Math.min(shown.length - 1, chosen + step)));
    else if (event.key === "Enter" && entry) onPick(entry.emoji);
    else return;
    event.preventDefault();
  }

  return (
    <div className="emoji-picker">
      <div className="emoji-field">
        <Search size={15} aria-hidden="true" />
        <input
          autoFocus value={query} placeholder="Find an emoji" aria-label="Find an emoji" role="combobox" aria-expanded="true" aria-controls={id} autoComplete="off"
          aria-activedescendant={shown.length > 0 ? `${id}-${chosen}` : undefined} data-testid="emoji-input" onKeyDown={onKeyDown}
          onChange={(event) => { setQuery(event.target.value); setAt(0); }}
        />
      </div>
      <div ref={list} role="listbox" id={id} aria-label="Emoji" className="emoji-grid">
        {shown.map(({ emoji, words }, index) => (
          <button
            type="button" role="option" tabIndex={-1} key={emoji} id={`${id}-${index}`} aria-selected={index === chosen} aria-label={words} title={words}
            data-testid="emoji-option" onMouseMove={() => setAt(index)} onClick={() => onPick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      {shown.length === 0 ? <p className="muted" role="status">No emoji has this name.</p> : null}
    </div>
  );
}
