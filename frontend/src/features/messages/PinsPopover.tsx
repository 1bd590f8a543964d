import * as Popover from "@radix-ui/react-popover";
import { Pin } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/ui/IconButton";
import { PinList } from "./PinList";

/** Loaded on the first click on the pin in the header, and opens at once. */
export default function PinsPopover({ roomId }: { roomId: string }) {
  const [isOpen, setOpen] = useState(true);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild><IconButton label="Pinned messages" tipSide="bottom" tipAlign="end" data-testid="pins-button"><Pin size={18} /></IconButton></Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover pins" side="bottom" align="end" sideOffset={6} collisionPadding={12} aria-label="Pinned messages" onCloseAutoFocus={(event) => event.preventDefault()}>
          <PinList roomId={roomId} onGone={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
