import { useState } from "react";
import { notify } from "@/lib/notify";
import type { AdminPerson, ChangePerson } from "@/protocol/types";
import { admin } from "@/state/admin";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Secret } from "@/ui/Secret";

type ServerRole = AdminPerson["role"];
export type PersonAct = ServerRole | "deactivate" | "reactivate" | "password" | "key";

interface Words {
  title: string;
  intro: string;
  action: string;
  done: string;
  look?: "primary" | "danger";
}

function wordsFor(act: PersonAct, name: string): Words {
  switch (act) {
    case "admin": return { title: `Make ${name} an admin?`, intro: "Admins see this page, change people’s roles, and download and delete models. They still see no room that they are not in.", action: "Make an admin", done: `${name} is an admin`, look: "primary" };
    case "moderator": return { title: `Make ${name} a moderator?`, intro: "Moderators act as owners in the public rooms that they are in: they delete messages, change settings and take people out. They see no room that they are not in, and not this page.", action: "Make a moderator", done: `${name} is a moderator`, look: "primary" };
    case "member": return { title: `Make ${name} a member?`, intro: "Members see the public rooms, make rooms of their own and bring others in. They keep their rooms and messages.", action: "Make a member", done: `${name} is a member`, look: "primary" };
    case "guest": return { title: `Make ${name} a guest?`, intro: "Guests see only the rooms that they were invited to, and write only to people there. They leave #general, own no room any more, and stay in the other rooms that they are in.", action: "Make a guest", done: `${name} is a guest` };
    case "deactivate": return { title: `Deactivate ${name}?`, intro: "They are signed out everywhere at once and cannot sign in, what models write for them stops, their bots are deactivated, and what rooms post for them is switched off. Their API keys and webhooks into rooms are gone for good. Their messages stay, and the name is marked.", action: "Deactivate", done: `${name} is deactivated` };
    case "reactivate": return { title: `Reactivate ${name}?`, intro: "They can sign in again with the password that they had. Their API keys and webhooks do not come back, and bots are reactivated one by one.", action: "Reactivate", done: `${name} can sign in again`, look: "primary" };
    case "key": return { title: `Give ${name} another key?`, intro: "The one that it has ends at once, with whatever is connected by it.", action: "Make a key", done: "" };
    case "password": return { title: `Give ${name} a new password?`, intro: "They are signed out everywhere, and must choose a password of their own when they sign in with this one. Their API keys go on working.", action: "Make a password", done: "" };
  }
}

const CHANGES: Record<Exclude<PersonAct, "password" | "key">, ChangePerson> = {
  admin: { role: "admin" }, moderator: { role: "moderator" }, member: { role: "member" }, guest: { role: "guest" }, deactivate: { is_active: false }, reactivate: { is_active: true },
};

const BOT_INTROS: Partial<Record<PersonAct, string>> = {
  deactivate: "Its connections end at once, and its keys are gone for good. What it has written stays.",
  reactivate: "It is in its rooms again. Its keys do not come back: one that came in by a key needs another.",
};

interface Props {
  person: AdminPerson;
  act: PersonAct;
  onChanged: (person: AdminPerson) => void;
  onClose: () => void;
}

/** Asks once more, does it, and shows the password that was made. */
export function PersonDialog({ person, act, onChanged, onClose }: Props) {
  const [password, setPassword] = useState<string | null>(null);
  const { done, ...said } = wordsFor(act, person.display_name);
  const words = { ...said, intro: (person.is_bot && BOT_INTROS[act]) || said.intro };
  async function confirm() {
    if (act === "password") {
      setPassword(await admin.resetPassword(person.id));
      return onChanged({ ...person, sessions: 0 });
    }
    if (act === "key") return setPassword(await admin.giveKey(person.id));
    onChanged(await admin.changePerson(person.id, CHANGES[act]));
    notify("success", done);
    onClose();
  }
  if (password === null) return <ConfirmDialog {...words} onConfirm={confirm} onClose={onClose} />;
  return (
    <Dialog title={`A ${act} for ${person.display_name}`} intro="Hand it over by a way that you trust: it is not shown again." onClose={onClose}>
      <Secret secret={password} testId="password" />
      <div className="actions"><Button look="primary" data-testid="password-handed" onClick={onClose}>Done</Button></div>
    </Dialog>
  );
}
