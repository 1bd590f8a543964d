import { useState } from "react";
import { Button } from "./Button";

interface Props {
  label: string;
  /** What it is done to. */
  name: string;
  testId: string;
  onSure: () => void;
}

/** For what cannot be undone: asks once more, in its place. */
export function SureButton({ label, name, testId, onSure }: Props) {
  const [state, setState] = useState<"fresh" | "asked" | "kept">("fresh");
  if (state !== "asked") return <Button isSmall look="danger" autoFocus={state === "kept"} data-testid={testId} aria-label={`${label} ${name}`} onClick={() => setState("asked")}>{label}…</Button>;
  return (
    <span className="sure">
      <Button isSmall autoFocus onClick={() => setState("kept")}>Keep</Button>
      <Button isSmall look="danger" data-testid={`${testId}-sure`} onClick={() => { setState("kept"); onSure(); }}>{label}</Button>
    </span>
  );
}
