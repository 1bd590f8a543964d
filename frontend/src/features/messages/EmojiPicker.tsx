import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { findEmoji } from "@/lib/emoji";

const COLUMNS = 8;
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS };

/** Type to find, arrows to choose, Enter to take; or click. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const found = findEmoji(query);
  const chosen = Math.min(at, found.length - 1);
  // Newer browsers give a promise here, which is not what an effect may return.
  useEffect(() => { list.current?.children[chosen]?.scrollIntoView({ block: "nearest" }); }, [chosen]);

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = STEPS[event.key];
    const entry = found[chosen];
    if (step) setAt(Math.max(0, Math.min(found.length - 1, chosen + step)));
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
          aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined} data-testid="emoji-input" onKeyDown={onKeyDown}
          onChange={(event) => { setQuery(event.target.value); setAt(0); }}
        />
      </div>
      <div ref={list} role="listbox" id={id} aria-label="Emoji" className="emoji-grid">
        {found.map(({ emoji, words }, index) => (
          <button
            type="button" role="option" tabIndex={-1} key={emoji} id={`${id}-${index}`} aria-selected={index === chosen} aria-label={words} title={words}
            data-testid="emoji-option" onMouseMove={() => setAt(index)} onClick={() => onPick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
      {found.length === 0 ? <p className="muted" role="status">No emoji has this name.</p> : null}
    </div>
  );
}
