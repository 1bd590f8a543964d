const HINTS: [string, string][] = [
  ["from:", "who wrote it, a person, an agent or a model: from:ada, from:me"],
  ["in:", "the room: in:release"],
  ["after:", "sent after a day: after:2026-11-01"],
  ["before:", "sent before a day: before:2026-11-01"],
  ["has:code", "with code in it"],
  ["has:link", "with a link in it"],
  ["has:pin", "pinned"],
  ["has:reaction", "somebody has reacted"],
];

/** Operators to click on; what they do is said on hover and to screen readers. */
export function SearchHints({ onTake }: { onTake: (text: string) => void }) {
  return (
    <div className="search-hints">
      <ul aria-label="Narrow the search">
        {HINTS.map(([text, words]) => (
          <li key={text}><button type="button" title={words} aria-label={`${text} ${words}`} data-testid="search-hint" data-hint={text} onClick={() => onTake(text)}>{text}</button></li>
        ))}
      </ul>
      <p><kbd>&quot;two words&quot;</kbd> in this order, <kbd>migr*</kbd> begins so, <kbd>-word</kbd> without it</p>
    </div>
  );
}
