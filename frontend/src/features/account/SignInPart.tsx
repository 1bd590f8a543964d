import { useEffect, useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { notify } from "@/lib/notify";
import type { Identity, Provider } from "@/protocol/types";
import { signIns } from "@/state/signIns";
import { Button } from "@/ui/Button";
import { PasswordPart } from "./PasswordPart";

interface Known {
  provider: Provider | null;
  linked: Identity | undefined;
  hasPassword: boolean;
}

const PASSWORD_ALONE: Known = { provider: null, linked: undefined, hasPassword: true };

/** What opens the own account: the sign-in provider of this server, if it has one, and the password, if there is one. */
export function SignInPart({ username }: { username: string }) {
  const [known, setKnown] = useState<Known | null>(null);
  useEffect(() => {
    let isOver = false;
    Promise.all([signIns.ways(), signIns.identities()]).then(
      ([{ provider, passwords }, { identities: [linked], has_password }]) => ({ provider, linked, hasPassword: passwords && has_password }),
      () => PASSWORD_ALONE,
    ).then((found) => { if (!isOver) setKnown(found); });
    return () => { isOver = true; };
  }, []);
  if (!known) return null;
  const { provider, linked, hasPassword } = known;
  return (
    <>
      {provider ? <LinkRow provider={provider} linked={linked} onUnlinked={() => setKnown({ ...known, linked: undefined })} /> : null}
      {hasPassword ? <PasswordPart username={username} /> : null}
    </>
  );
}

interface LinkRowProps {
  provider: Provider;
  linked: Identity | undefined;
  onUnlinked: () => void;
}

function LinkRow({ provider, linked, onUnlinked }: LinkRowProps) {
  const told = (cause: unknown) => notify("error", (cause as Error).message);
  return (
    <div className="action-row" data-testid="link-part">
      <span><b>{provider.name}</b><span>{linked ? `Opens this account. Used ${formatAgo(linked.last_used_at)}.` : "Sign in with it from now on, too."}</span></span>
      {linked
        ? <Button isSmall data-testid="unlink" onClick={() => void signIns.unlink().then(onUnlinked, told)}>Unlink</Button>
        : <Button isSmall data-testid="link" onClick={() => void signIns.link().catch(told)}>Link</Button>}
    </div>
  );
}
