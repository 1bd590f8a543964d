import { Suspense, useState } from "react";
import type { ReplyInfo } from "@/protocol/types";
import { lazily } from "@/ui/lazily";

const ReplyDetails = lazily(() => import("./ReplyDetails"));

/** Opens the figures of a settled reply. */
export function DetailsLink({ reply }: { reply: ReplyInfo }) {
  const [isAsked, setAsked] = useState(false);
  const button = <button type="button" className="foot-link" data-testid="reply-details" onClick={() => setAsked(true)}>Details</button>;
  return isAsked ? <Suspense fallback={button}><ReplyDetails reply={reply} /></Suspense> : button;
}
