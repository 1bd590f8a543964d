import * as Popover from "@radix-ui/react-popover";
import { SmilePlus } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/ui/IconButton";
import { EmojiPicker } from "./EmojiPicker";

/** Loaded on the first click on "React", and opens at once. */
export default function EmojiPopover({ onPick }: { onPick: (emoji: string) => void }) {
  const [isOpen, setOpen] = useState(true);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild><IconButton isSmall label="React" data-testid="react" tipAlign="end"><SmilePlus size={15} /></IconButton></Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover emoji-popover" side="top" align="end" sideOffset={6} collisionPadding={8} aria-label="Choose a reaction">
          <EmojiPicker onPick={(emoji) => { setOpen(false); onPick(emoji); }} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
