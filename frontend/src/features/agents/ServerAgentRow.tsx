import * as Menu from "@radix-ui/react-dropdown-menu";
import { Ellipsis, Pencil, Power, PowerOff, Trash2 } from "lucide-react";
import type { Agent } from "@/protocol/types";
import { Avatar } from "@/ui/Avatar";
import { IconButton } from "@/ui/IconButton";

export type AgentAct = "edit" | "on" | "off" | "delete";

interface Choice {
  act: AgentAct;
  label: string;
  Icon: typeof Power;
}

const SPEAKS: Record<Agent["speaks"], string> = { mention: "when asked", always: "always answers", team: "with the team" };

/** One agent of the server, and what can be done with it. */
export function ServerAgentRow({ agent, onAct }: { agent: Agent; onAct: (act: AgentAct) => void }) {
  const { id, handle, name, description, model, speaks, is_on } = agent;
  const choices: Choice[] = [
    { act: "edit", label: "Change…", Icon: Pencil },
    is_on ? { act: "off", label: "Switch off", Icon: PowerOff } : { act: "on", label: "Switch on", Icon: Power },
    { act: "delete", label: "Delete…", Icon: Trash2 },
  ];
  return (
    <li className="admin-row" data-testid="server-agent" data-handle={handle} data-gone={!is_on}>
      <Avatar id={`agent:${id}`} name={name} kind="agent" isSmall />
      <span className="text">
        <span className="name"><b>{name}</b>{is_on ? null : <span className="mark">switched off</span>}</span>
        <span className="sub">@{handle}{description ? ` · ${description}` : ""}</span>
      </span>
      <span className="facts"><span>{model === "auto" ? "the room’s model" : model}</span><span className="sub">{SPEAKS[speaks]}</span></span>
      <Menu.Root modal={false}>
        <Menu.Trigger asChild><IconButton label={`What to do with ${name}`} tipAlign="end" data-testid="agent-menu"><Ellipsis size={17} /></IconButton></Menu.Trigger>
        <Menu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {choices.map(({ act, label, Icon }) => (
            <Menu.Item key={act} className="menu-item" data-testid={`agent-${act}`} onSelect={() => onAct(act)}><Icon size={15} aria-hidden="true" />{label}</Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Root>
    </li>
  );
}
