import { type RefObject, useEffect, useRef } from "react";
import { useAppState } from "@/state/useAppState";

/** One goes on writing here after choosing what to reply to, and after an edit has ended. */
export function useFocusReturn(roomId: string, field: RefObject<HTMLTextAreaElement | null>): void {
  const replyTo = useAppState((state) => state.roomStates[roomId]?.replyTo?.id ?? null);
  const editing = useAppState((state) => state.roomStates[roomId]?.editing ?? null);
  const before = useRef({ replyTo, editing });
  useEffect(() => {
    const isReply = replyTo !== null && replyTo !== before.current.replyTo;
    const isEditOver = editing === null && before.current.editing !== null;
    before.current = { replyTo, editing };
    if (isReply || isEditOver) field.current?.focus();
  }, [replyTo, editing, field]);
}
