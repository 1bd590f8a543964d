import { EMPTY_ROOM } from "@/state/appState";
import { useAppState } from "@/state/useAppState";
import { useMembers } from "@/state/useMembers";
import { useTemplates } from "@/state/useTemplates";
import { emojiSuggestions } from "./emojiSuggestions";
import { mentionSuggestions } from "./mentionSuggestions";
import { roomSuggestions } from "./roomSuggestions";
import { slashSuggestions } from "./slashSuggestions";
import type { Command, Suggestion } from "./suggestion";
import type { Trigger } from "./trigger";
import { useNamedEmoji } from "@/ui/useNamedEmoji";

const NOTES: Record<string, string> = {
  loading: "Loading the templates…",
  failed: "The templates could not be loaded. Type / again to try once more.",
};

/** What a trigger can be completed to, and a word on what is still missing; `all` are the emoji that are known by now. */
export function useSuggestions(roomId: string, trigger: Trigger | null, commands: readonly Command[]) {
  const sign = trigger?.sign;
  const models = useAppState((state) => state.models);
  const me = useAppState((state) => state.session.user?.id ?? "");
  const rooms = useAppState((state) => state.rooms);
  const { members } = useMembers(roomId, sign === "@");
  const agents = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).agents);
  const { phase, list } = useTemplates(roomId, sign === "/");
  const emoji = useNamedEmoji(sign === ":");
  const text = trigger?.text ?? "";
  const lists: Record<NonNullable<typeof sign>, () => Suggestion[]> = {
    "@": () => mentionSuggestions(text, models, members, agents, me),
    "#": () => roomSuggestions(text, rooms),
    ":": () => emojiSuggestions(text, emoji),
    "/": () => slashSuggestions(text, list, commands),
  };
  return { items: sign ? lists[sign]() : [], note: sign === "/" && list.length === 0 ? NOTES[phase] ?? null : null, emoji };
}
