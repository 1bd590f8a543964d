import type { ReactNode } from "react";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { Dialog } from "@/ui/Dialog";
import { type Tab, Tabs } from "@/ui/Tabs";
import "./account.css";
import { AppearancePart } from "./AppearancePart";
import { KeysPart } from "./KeysPart";
import { ProfilePart } from "./ProfilePart";
import { SessionsPart } from "./SessionsPart";
import { ShortcutList } from "./ShortcutList";

const TABS: readonly Tab[] = [
  { id: "profile", label: "Profile", content: <ProfilePart /> },
  { id: "appearance", label: "Appearance", content: <AppearancePart /> },
  { id: "sessions", label: "Sessions", content: <SessionsPart /> },
  { id: "keys", label: "API keys", content: <KeysPart /> },
  { id: "shortcuts", label: "Shortcuts", content: <ShortcutList /> },
];

/** Everything that is about oneself; `templates` are one's own. */
export default function AccountDialog({ templates, onClose }: { templates: ReactNode; onClose: () => void }) {
  const me = useAppState((state) => state.session.user);
  if (!me) return null;
  return (
    <Dialog title="Your account" onClose={onClose}>
      <div className="account-me" data-testid="account-me"><Avatar id={me.id} name={me.display_name} /><span><b>{me.display_name}</b><span>@{me.username}{me.role === "member" ? "" : ` · ${me.role}`}</span></span></div>
      <Tabs label="Your account" tabs={TABS.toSpliced(2, 0, { id: "templates", label: "Templates", content: templates })} />
    </Dialog>
  );
}
