const SHORTCUTS: [string, string][] = [
  ["Enter", "Send"],
  ["Shift Enter", "New line"],
  ["@", "Mention a model or a person"],
  ["#", "Mention a room"],
  [":", "Find an emoji by its name"],
  ["/", "Use a template or a command"],
  ["Ctrl K", "Jump to a room (⌘ K on a Mac)"],
  ["Ctrl Shift F", "Search messages (⌘ Shift F on a Mac)"],
  ["Alt ↑", "Room above"],
  ["Alt ↓", "Room below"],
  ["Alt Shift ↑", "Unread room above"],
  ["Alt Shift ↓", "Unread room below"],
  ["Esc", "Close what is open"],
  ["?", "This list"],
];

/** What the keyboard can do, for the account and for whoever asks with `?`. */
export function ShortcutList() {
  return (
    <dl className="shortcuts" data-testid="shortcuts">
      {SHORTCUTS.map(([keys, words]) => <div key={keys}><dt>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{words}</dd></div>)}
    </dl>
  );
}
