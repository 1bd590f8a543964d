import { Laptop, Smartphone } from "lucide-react";
import { useState } from "react";
import { formatAgo } from "@/lib/formatAgo";
import { formatTime } from "@/lib/formatTime";
import { notify } from "@/lib/notify";
import type { SessionInfo } from "@/protocol/types";
import { account } from "@/state/account";
import { Button } from "@/ui/Button";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";
import { deviceName } from "./deviceName";

/** Where one is signed in; each other place can be signed out from here. */
export function SessionsPart() {
  const { list, reload } = useList(account.sessions);
  const [busy, setBusy] = useState<string | null>(null);
  async function end({ id, user_agent }: SessionInfo) {
    setBusy(id);
    try {
      await account.endSession(id);
      notify("success", `${deviceName(user_agent)} is signed out`);
    } catch (error) {
      notify("error", (error as Error).message);
    }
    setBusy(null);
    reload();
  }
  return (
    <>
      <p className="intro">Where you are signed in. Sign out what you do not know: it is cut off at once.</p>
      <Listed list={list} empty="You are signed in nowhere else." className="listing" onRetry={reload}>
        {(item) => (
          <li key={item.id} data-testid="session-item" data-current={item.current}>
            {/iPhone|iPad|Android/.test(item.user_agent) ? <Smartphone size={17} aria-hidden="true" /> : <Laptop size={17} aria-hidden="true" />}
            <span className="text" title={item.user_agent}>
              <b>{deviceName(item.user_agent)}</b>
              <span title={formatTime.full(item.last_seen_at)}>{item.current ? "This browser" : `Last seen ${formatAgo(item.last_seen_at)}`} · signed in {formatAgo(item.created_at)}</span>
            </span>
            {item.current ? null : <Button isSmall look="danger" disabled={busy === item.id} data-testid="end-session" aria-label={`Sign out ${deviceName(item.user_agent)}`} onClick={() => void end(item)}>Sign out</Button>}
          </li>
        )}
      </Listed>
    </>
  );
}
