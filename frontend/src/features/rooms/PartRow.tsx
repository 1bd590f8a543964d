import { type ReactNode, useId, useState } from "react";
import { Button } from "@/ui/Button";

interface Props {
  title: string;
  hint: string;
  testId: string;
  part: ReactNode;
}

/** For those without tabs: a part of the room's settings, which is not loaded before somebody wants to see it. */
export function PartRow({ title, hint, testId, part }: Props) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <div className="action-row">
        <span><b>{title}</b><span>{hint}</span></span>
        <Button isSmall aria-expanded={isOpen} aria-controls={isOpen ? id : undefined} data-testid={testId} onClick={() => setOpen(!isOpen)}>{isOpen ? "Hide" : "Show"}</Button>
      </div>
      {isOpen ? <div id={id}>{part}</div> : null}
    </>
  );
}
