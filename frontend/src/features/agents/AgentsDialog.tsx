import { type ReactNode, useEffect, useState } from "react";
import type { Agent, RoomAgentsAnswer } from "@/protocol/types";
import type { AgentFields } from "@/state/agentFields";
import { EMPTY_ROOM } from "@/state/appState";
import { roomAgents } from "@/state/roomAgents";
import { useAppState } from "@/state/useAppState";
import { Avatar } from "@/ui/Avatar";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { AgentForm } from "./AgentForm";
import "./agents.css";

function Row({ id, handle, name, about, children }: { id: string; handle: string; name: string; about: string; children: ReactNode }) {
  return (
    <li data-testid="agent-row" data-handle={handle}>
      <Avatar id={`agent:${id}`} name={name} kind="agent" isSmall />
      <span className="about"><b>{name}</b><span>@{handle}{about ? ` · ${about}` : ""}</span></span>
      <span className="acts">{children}</span>
    </li>
  );
}

const aboutOf = ({ description, is_on }: Agent): string => (is_on ? description : "switched off");

/** For owners: which agents are in the room, ready-made ones, and those of one's own making. */
export default function AgentsDialog({ roomId, onClose }: { roomId: string; onClose: () => void }) {
  const here = useAppState((state) => (state.roomStates[roomId] ?? EMPTY_ROOM).agents);
  const [more, setMore] = useState<RoomAgentsAnswer | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [edited, setEdited] = useState<Agent | "new" | null>(null);
  useEffect(() => {
    roomAgents.list(roomId).then(setMore, (cause: Error) => setError(cause.message));
  }, [roomId, here]);
  function act(what: Promise<unknown>): void {
    setError(null);
    what.catch((cause: Error) => setError(cause.message));
  }
  async function save(fields: AgentFields): Promise<void> {
    await (edited && edited !== "new" ? roomAgents.change(edited.id, fields) : roomAgents.make(roomId, fields));
    setEdited(null);
  }
  if (edited) {
    return <Dialog title={edited === "new" ? "New agent" : edited.name} onClose={onClose}><AgentForm agent={edited === "new" ? null : edited} room={roomId} onSave={save} onBack={() => setEdited(null)} /></Dialog>;
  }
  const drafts = more?.suggestions.filter((one) => !here.some(({ name }) => name === one.name)) ?? [];
  return (
    <Dialog title="Agents of this room" intro="A model speaks for each of them, by what it is told. @team asks all of them at once." onClose={onClose}>
      <div>
        {error ? <p className="note error" role="alert">{error}</p> : null}
        {here.length === 0 ? <p className="muted">There are none here yet.</p> : null}
        <ul className="agent-rows">
          {here.map((agent) => (
            <Row key={agent.id} {...agent} about={aboutOf(agent)}>
              {agent.room ? <Button isSmall look="quiet" data-testid="switch-agent" aria-label={`Switch ${agent.is_on ? "off" : "on"} ${agent.name}`} onClick={() => act(roomAgents.change(agent.id, { is_on: !agent.is_on }))}>{agent.is_on ? "Switch off" : "Switch on"}</Button> : null}
              {agent.room ? <Button isSmall look="quiet" data-testid="edit-agent" aria-label={`Change ${agent.name}`} onClick={() => setEdited(agent)}>Change</Button> : null}
              <Button isSmall look="quiet" data-testid="remove-agent" aria-label={`${agent.room ? "Delete" : "Take out"} ${agent.name}`} onClick={() => act(roomAgents.remove(roomId, agent.id))}>{agent.room ? "Delete" : "Take out"}</Button>
            </Row>
          ))}
        </ul>
        {!more && !error ? <p className="muted" role="status">Loading…</p> : null}
        {more && more.available.length + drafts.length > 0 ? <h3 className="agent-section">Ready-made</h3> : null}
        <ul className="agent-rows">
          {more?.available.map((agent) => (
            <Row key={agent.id} {...agent} about={agent.description}><Button isSmall data-testid="add-agent" aria-label={`Add ${agent.name}`} onClick={() => act(roomAgents.add(roomId, agent.id))}>Add</Button></Row>
          ))}
          {drafts.map((draft) => (
            <Row key={draft.handle} id={draft.handle} handle={draft.handle} name={draft.name} about={draft.description}><Button isSmall data-testid="add-agent" aria-label={`Add ${draft.name}`} onClick={() => act(roomAgents.make(roomId, draft))}>Add</Button></Row>
          ))}
        </ul>
        <div className="actions"><Button onClick={onClose}>Close</Button><Button look="primary" data-testid="new-agent" onClick={() => setEdited("new")}>New agent</Button></div>
      </div>
    </Dialog>
  );
}
