import type { Template } from "@/protocol/types";
import { useTemplates } from "@/state/useTemplates";

interface Choice {
  value: string;
  label: string;
}

/** Nobody is there to fill anything in when an agent is asked, and what is one person’s own is not the room’s. */
const isForAgents = ({ scope, variables }: Template): boolean => scope !== "own" && variables.every(({ required, default: filled }) => !required || filled !== "");

/** The templates that an agent of a room ("": of the server) can use, after none; the chosen one even where it is gone. */
export function useTemplateChoices(chosen: string, room: string): Choice[] {
  const { phase, list } = useTemplates(room, true);
  const known = list.filter(isForAgents).map(({ id, title }) => ({ value: id, label: title }));
  const isMissing = chosen !== "" && !known.some(({ value }) => value === chosen);
  return [{ value: "", label: "None" }, ...(isMissing ? [{ value: chosen, label: phase === "ready" ? `${chosen} (not there now)` : chosen }] : []), ...known];
}
