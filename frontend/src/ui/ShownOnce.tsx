import type { ReactNode } from "react";
import { Button } from "./Button";
import { Secret } from "./Secret";

/** A new secret, which stands here and nowhere else; `children` say what it is. */
export function ShownOnce({ secret, testId, onDone, children }: { secret: string; testId: string; onDone: () => void; children: ReactNode }) {
  return (
    <div className="shown-once" role="status">
      <p>{children}</p>
      <Secret secret={secret} testId={testId} />
      <Button isSmall data-testid={`${testId}-done`} onClick={onDone}>I have kept it</Button>
    </div>
  );
}
