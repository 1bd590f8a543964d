import * as Radix from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "./IconButton";

interface Props {
  title: string;
  intro?: string;
  onClose: () => void;
  /** True when the focus is to stay with whoever takes it instead. */
  leavesFocus?: () => boolean;
  children: ReactNode;
}

/** A modal dialog: focus stays in it, Esc closes it, focus returns to where it was, unless what it led to has taken it. */
export function Dialog({ title, intro, onClose, leavesFocus, children }: Props) {
  // Without a trigger of its own, Radix would give the focus back to nothing.
  const [before] = useState(() => document.activeElement);
  function giveFocusBack(event: Event) {
    event.preventDefault();
    const isTaken = document.activeElement !== document.body;
    if (before instanceof HTMLElement && !isTaken && !leavesFocus?.()) before.focus({ preventScroll: true });
  }
  return (
    <Radix.Root open onOpenChange={(isOpen) => { if (!isOpen) onClose(); }}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-veil" />
        <Radix.Content className="dialog" onCloseAutoFocus={giveFocusBack} {...(intro ? {} : { "aria-describedby": undefined })}>
          <header>
            <Radix.Title asChild><h2>{title}</h2></Radix.Title>
            <Radix.Close asChild><IconButton label="Close" tipAlign="end" tipSide="bottom"><X size={18} /></IconButton></Radix.Close>
          </header>
          <div className="body">
            {intro ? <Radix.Description className="intro">{intro}</Radix.Description> : null}
            {children}
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
