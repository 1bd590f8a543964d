import type { ReactNode } from "react";
import { Button } from "./Button";

/** Says that something was begun and not saved; `children` are the words. */
export function UnsavedNote({ children, onOpen, onForget }: { children: ReactNode; onOpen: () => void; onForget: () => void }) {
  return (
    <p className="note info unsaved">
      <span>{children}</span>
      <Button isSmall data-testid="open-unsaved" onClick={onOpen}>Go on</Button>
      <Button isSmall look="quiet" data-testid="forget-unsaved" onClick={onForget}>Give it up</Button>
    </p>
  );
}
