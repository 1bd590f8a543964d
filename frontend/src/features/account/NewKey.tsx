import { Button } from "@/ui/Button";
import { Secret } from "@/ui/Secret";

/** The secret of a new key. It is shown here and nowhere else. */
export function NewKey({ name, secret, onDone }: { name: string; secret: string; onDone: () => void }) {
  return (
    <div className="new-key" role="status">
      <p><b>{name}</b> is ready. Copy it now: it is not shown again.</p>
      <Secret secret={secret} testId="key" />
      <Button isSmall data-testid="key-done" onClick={onDone}>I have kept it</Button>
    </div>
  );
}
