import { type ReactNode, useId, useState } from "react";
import { Button } from "@/ui/Button";

/** For members: the room's templates, which are not loaded before somebody wants to see them. */
export function TemplatesRow({ templates }: { templates: ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className="action-row">
        <span><b>Templates of this room</b><span>What everybody here can put a message into, by typing /.</span></span>
        <Button isSmall aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} data-testid="show-templates" onClick={() => setOpen(!isOpen)}>{isOpen ? "Hide" : "Show"}</Button>
      </div>
      {isOpen ? <div id={id}>{templates}</div> : null}
    </>
  );
}
