import { Suspense } from "react";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { lazily } from "@/ui/lazily";

const AccountMenu = lazily(() => import("./AccountMenu"));

/** Who is signed in; its menu (account, shortcuts, sign out) is loaded after the room. */
export function AccountBar({ onAccount, onShortcuts }: { onAccount: () => void; onShortcuts: () => void }) {
  const me = useAppState((state) => state.session.user);
  const phase = useAppState((state) => state.connection.phase);
  if (!me) return null;
  const face = (
    <>
      <Avatar id={me.id} name={me.display_name} isSmall />
      <span className="account-words"><b>{me.display_name}</b><span>{phase === "online" ? "Online" : "Offline"}</span></span>
    </>
  );
  return <Suspense fallback={<button type="button" className="account" disabled>{face}</button>}><AccountMenu face={face} onAccount={onAccount} onShortcuts={onShortcuts} /></Suspense>;
}
