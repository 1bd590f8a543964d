import { Bot } from "lucide-react";
import type { Agent } from "@/protocol/types";
import { EMPTY_ROOM } from "@/state/appState";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import "./agents.css";

const WHEN = { mention: "", always: "always answers", team: "with the team" } as const;

const whenOf = ({ speaks, is_on }: Agent): string => (is_on ? WHEN[speaks] : "switched off");

/** The agents of the room, apart from its people; only owners see an empty list, with the way to fill it. */
export function AgentsPanel({ roomId, onManage }: { roomId: string; onManage: () => void }) {
  const agents = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).agents);
  const room = useAppState((state) => state.rooms[roomId]);
  const canManage = room?.role === "owner" && room.kind !== "direct" && !room.is_archived;
  if (agents.length === 0 && !canManage) return null;
  return (
    <section aria-labelledby="agents-title" data-testid="agents">
      <h2 id="agents-title"><span>Agents</span>{agents.length > 0 ? <span>{agents.length}</span> : null}</h2>
      <ul className="agents">
        {agents.map((agent) => (
          <li key={agent.id} data-testid="agent" data-handle={agent.handle} title={agent.description || undefined}>
            <Avatar id={`agent:${agent.id}`} name={agent.name} kind="agent" isSmall />
            <span className="name">{agent.name} <span className="muted">@{agent.handle}</span></span>
            {whenOf(agent) ? <span className="role">{whenOf(agent)}</span> : null}
          </li>
        ))}
      </ul>
      {agents.filter(({ is_on }) => is_on).length > 1 ? <p className="muted agents-hint">Ask them all with @team.</p> : null}
      {canManage ? <button type="button" className="invite" data-testid="manage-agents" onClick={onManage}><Bot size={15} aria-hidden="true" />{agents.length === 0 ? "Add agents" : "Change agents"}</button> : null}
    </section>
  );
}
