import * as Menu from "@radix-ui/react-dropdown-menu";
import { DoorOpen, Ellipsis, KeyRound, Shield, ShieldCheck, User, UserCheck, UserX } from "lucide-react";
import { formatAgo } from "@/lib/formatAgo";
import { formatTime } from "@/lib/formatTime";
import type { AdminPerson } from "@/protocol/types";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/IconButton";
import type { PersonAct } from "./PersonDialog";

interface Props {
  person: AdminPerson;
  isMe: boolean;
  onAct: (act: PersonAct) => void;
}

interface Choice {
  act: PersonAct;
  label: string;
  Icon: typeof KeyRound;
}

const ROLES: readonly Choice[] = [
  { act: "admin", label: "Make an admin…", Icon: ShieldCheck },
  { act: "moderator", label: "Make a moderator…", Icon: Shield },
  { act: "member", label: "Make a member…", Icon: User },
  { act: "guest", label: "Make a guest…", Icon: DoorOpen },
];

function choicesFor(person: AdminPerson, isMe: boolean): Choice[] {
  if (person.deactivated_at) return [{ act: "reactivate", label: "Reactivate…", Icon: UserCheck }];
  const roles = ROLES.filter(({ act }) => act !== person.role);
  const deactivate: Choice = { act: "deactivate", label: "Deactivate…", Icon: UserX };
  if (person.owner) return [{ act: "key", label: "Give another key…", Icon: KeyRound }, deactivate];
  if (person.is_bot) return [deactivate];
  if (isMe) return roles;
  return [...roles, { act: "password", label: "Give a new password…", Icon: KeyRound }, deactivate];
}

function counted(count: number, one: string): string {
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

function seen({ is_bot, presence, last_seen_at, deactivated_at }: AdminPerson): string {
  if (deactivated_at) return `Deactivated ${formatAgo(deactivated_at)}`;
  if (presence !== "offline") return presence === "away" ? "Away" : "Online";
  if (last_seen_at) return `Seen ${formatAgo(last_seen_at)}`;
  return is_bot ? "Never connected" : "Never signed in";
}

export function PersonRow({ person, isMe, onAct }: Props) {
  const { display_name, username, role, is_bot, owner, deactivated_at, created_at, sessions, keys } = person;
  return (
    <li className="admin-row" data-testid="person-row" data-username={username} data-gone={deactivated_at !== null}>
      <Avatar id={person.id} name={display_name} isSmall />
      <span className="text">
        <span className="name"><b>{display_name}</b>{isMe ? <span className="muted">you</span> : null}{is_bot ? <span className="mark">bot</span> : null}{role === "member" || is_bot ? null : <span className={role === "admin" ? "mark good" : "mark"} data-testid="person-role">{role}</span>}{deactivated_at ? <span className="mark">deactivated</span> : null}</span>
        <span className="sub">@{username} · <time dateTime={created_at} title={formatTime.full(created_at)}>joined {formatAgo(created_at)}</time>{owner ? ` · made by @${owner}` : null}</span>
      </span>
      <span className="facts"><span className={person.presence === "online" && !deactivated_at ? "good" : ""}>{seen(person)}</span><span className="sub">{is_bot ? "" : `${counted(sessions, "session")}, `}{counted(keys, "API key")}</span></span>
      <Menu.Root modal={false}>
        <Menu.Trigger asChild><IconButton label={`What to do with ${display_name}`} tipAlign="end" data-testid="person-menu"><Ellipsis size={17} /></IconButton></Menu.Trigger>
        <Menu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {choicesFor(person, isMe).map(({ act, label, Icon }) => (
            <Menu.Item key={act} className="menu-item" data-testid={`person-${act}`} onSelect={() => onAct(act)}><Icon size={15} aria-hidden="true" />{label}</Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Root>
    </li>
  );
}
