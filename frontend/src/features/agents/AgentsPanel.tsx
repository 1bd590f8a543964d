import { Bot } from "lucide-react";
import { EMPTY_ROOM } from "@/state/appState";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import "./agents.css";

const WHEN = { mention: "", always: "always answers", team: "with the team" } as const;

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
        {agents.map(({ id, handle, name, description, speaks }) => (
          <li key={id} data-testid="agent" data-handle={handle} title={description || undefined}>
            <Avatar id={`agent:${id}`} name={name} kind="agent" isSmall />
            <span className="name">{name} <span className="muted">@{handle}</span></span>
            {WHEN[speaks] ? <span className="role">{WHEN[speaks]}</span> : null}
          </li>
        ))}
      </ul>
      {agents.length > 1 ? <p className="muted agents-hint">Ask them all with @team.</p> : null}
      {canManage ? <button type="button" className="invite" data-testid="manage-agents" onClick={onManage}><Bot size={15} aria-hidden="true" />{agents.length === 0 ? "Add agents" : "Change agents"}</button> : null}
    </section>
  );
}
