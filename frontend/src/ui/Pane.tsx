import { type ReactNode, useState } from "react";
import { Button } from "./Button";
import { ErrorBoundary } from "./ErrorBoundary";

/** A part of the page of its own: when it cannot be drawn, it says so, and the others stay. */
export function Pane({ name, children }: { name: string; children: ReactNode }) {
  const [attempt, setAttempt] = useState(0);
  const broken = (
    <div className="pane-broken" role="alert">
      <p>{name} cannot be shown: something went wrong on this page. Nothing is lost, and the rest works.</p>
      <Button isSmall onClick={() => setAttempt(attempt + 1)}>Try again</Button>
    </div>
  );
  return <ErrorBoundary resetKey={attempt} fallback={broken}>{children}</ErrorBoundary>;
}
