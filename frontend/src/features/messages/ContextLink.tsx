import { Suspense, useState } from "react";
import type { Message, ReplyInfo } from "@/protocol/types";
import { lazily } from "@/ui/lazily";

const ContextDialog = lazily(() => import("./ContextDialog"));

/** Opens what the model was given to read for this reply. */
export function ContextLink({ message, reply }: { message: Message; reply: ReplyInfo }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="foot-link" data-testid="what-it-saw" onClick={() => setOpen(true)}>What it saw</button>
      {isOpen ? <Suspense><ContextDialog message={message} reply={reply} onClose={() => setOpen(false)} /></Suspense> : null}
    </>
  );
}
