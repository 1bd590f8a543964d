import type { Command } from "@/features/composer/suggestion";
import type { Room } from "@/protocol/types";
import type { DialogName } from "./dialogName";

const COMMANDS: readonly { name: string; note: string; dialog: DialogName; isForAll: boolean; isForGuests?: false }[] = [
  { name: "invite", note: "Bring somebody into this room", dialog: "invite", isForAll: false, isForGuests: false },
  { name: "room", note: "Name, topic and people of this room", dialog: "settings", isForAll: true },
  { name: "search", note: "Find what was said, here or everywhere", dialog: "search", isForAll: true },
  { name: "jump", note: "Go to another room", dialog: "jump", isForAll: true },
  { name: "leave", note: "Leave this room", dialog: "leave", isForAll: false },
  { name: "shortcuts", note: "The keys that do something here", dialog: "shortcuts", isForAll: true },
];

/** What can be done from the message field by `/name`: what has a dialog, except what a direct conversation or a guest does not have. */
export function commandsFor(kind: Room["kind"], isGuest: boolean, open: (dialog: DialogName) => void): Command[] {
  const offered = COMMANDS.filter(({ isForAll, isForGuests = true }) => (isForAll || kind !== "direct") && (isForGuests || !isGuest));
  return offered.map(({ name, note, dialog }) => ({ name, note, run: () => open(dialog) }));
}
