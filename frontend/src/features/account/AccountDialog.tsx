import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { Dialog } from "@/ui/Dialog";
import { Tabs } from "@/ui/Tabs";
import "./account.css";
import { AppearancePart } from "./AppearancePart";
import { KeysPart } from "./KeysPart";
import { ProfilePart } from "./ProfilePart";
import { SessionsPart } from "./SessionsPart";
import { ShortcutList } from "./ShortcutList";

const TABS = [
  { id: "profile", label: "Profile", content: <ProfilePart /> },
  { id: "appearance", label: "Appearance", content: <AppearancePart /> },
  { id: "sessions", label: "Sessions", content: <SessionsPart /> },
  { id: "keys", label: "API keys", content: <KeysPart /> },
  { id: "shortcuts", label: "Shortcuts", content: <ShortcutList /> },
];

/** Everything that is about oneself. */
export default function AccountDialog({ onClose }: { onClose: () => void }) {
  const me = useAppState((state) => state.session.user);
  if (!me) return null;
  return (
    <Dialog title="Your account" onClose={onClose}>
      <div className="account-me" data-testid="account-me"><Avatar id={me.id} name={me.display_name} /><span><b>{me.display_name}</b><span>@{me.username}{me.is_admin ? " · admin" : ""}</span></span></div>
      <Tabs label="Your account" tabs={TABS} />
    </Dialog>
  );
}
