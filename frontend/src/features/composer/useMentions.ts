import { useState } from "react";
import { useAppState } from "@/state/useAppState";
import { useMembers } from "@/state/useMembers";
import { type Choice, mentionChoices } from "./mentionChoices";
import { mentionQuery } from "./mentionQuery";

/** The list of people and models that opens after an @, for the text and caret it is told of. */
export function useMentions(roomId: string, text: string, caret: number) {
  const models = useAppState((state) => state.models);
  const me = useAppState((state) => state.session.user?.id ?? "");
  const [picked, setPicked] = useState({ start: -1, at: 0 });
  const [closedAt, setClosedAt] = useState(-1);
  const query = mentionQuery(text, caret);
  const { members } = useMembers(roomId, query !== null);
  const choices = query && query.start !== closedAt ? mentionChoices(query.text, models, members, me) : [];
  const at = query && picked.start === query.start ? Math.min(picked.at, choices.length - 1) : 0;
  const point = (index: number) => setPicked({ start: query?.start ?? -1, at: index });
  return {
    choices,
    at,
    point,
    move: (step: number) => point((at + step + choices.length) % Math.max(1, choices.length)),
    close: () => setClosedAt(query?.start ?? -1),
    /** The text and caret with the choice in place of what was typed. */
    insert(choice: Choice): { text: string; caret: number } {
      const start = query?.start ?? caret;
      const before = `${text.slice(0, start)}@${choice.handle} `;
      return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
    },
  };
}
