import { type RefObject, useState } from "react";
import { firstWrong, sentTemplate } from "@/state/filledTemplate";
import { sentOptions } from "@/state/generation";
import { messageActions } from "@/state/messageActions";
import { outgoing } from "@/state/outgoing";
import { useAppState } from "@/state/useAppState";
import { useCooldown } from "@/state/useCooldown";
import { useGeneration } from "@/state/useGeneration";
import { namesModel } from "./namesModel";
import { withFiles } from "./textFile";
import type { Draft } from "./useDraft";

/** Whether what is written can be sent, and how it is: with its template, the chosen model and the options. */
export function useSending(roomId: string, userId: string, draft: Draft, form: RefObject<HTMLElement | null>) {
  const limit = useAppState((state) => state.server.max_message_chars);
  const models = useAppState((state) => state.models);
  const isAnswered = useAppState((state) => state.rooms[roomId]?.reply_policy !== "off");
  const replyTo = useAppState((state) => state.roomStates[roomId]?.replyTo ?? null);
  const wait = useCooldown(roomId);
  const [generation] = useGeneration(userId, roomId);
  const [isChecked, setChecked] = useState(false);
  const content = withFiles(draft.text, draft.files);
  const length = Array.from(content).length;
  const canSend = length > 0 && length <= limit && wait === 0;

  /** False if something is missing yet: where the template says so, one is taken there. */
  function send(): boolean {
    const wrong = draft.template ? firstWrong(draft.template) : undefined;
    if (wrong) {
      setChecked(true);
      form.current?.querySelector<HTMLElement>(`[name="${wrong.name}"]`)?.focus();
    }
    if (!canSend || wrong) return false;
    outgoing.send(roomId, content, {
      quote: replyTo,
      template: draft.template ? sentTemplate(draft.template) : null,
      model: isAnswered && !namesModel(draft.text, models) ? generation.model : null,
      options: sentOptions(generation),
    });
    messageActions.endReply(roomId);
    setChecked(false);
    draft.clear();
    return true;
  }

  return { length, limit, wait, canSend, send, isChecked, replyTo };
}
