import { Pin } from "lucide-react";
import { Suspense, useState } from "react";
import { IconButton } from "@/ui/IconButton";
import { lazily } from "@/ui/lazily";

const PinsPopover = lazily(() => import("./PinsPopover"));

/** In the room's header: opens the list of what is pinned here. */
export function PinsButton({ roomId }: { roomId: string }) {
  const [isAsked, setAsked] = useState(false);
  const button = <IconButton label="Pinned messages" tipSide="bottom" tipAlign="end" data-testid="pins-button" onClick={() => setAsked(true)}><Pin size={18} /></IconButton>;
  return isAsked ? <Suspense fallback={button}><PinsPopover roomId={roomId} /></Suspense> : button;
}
