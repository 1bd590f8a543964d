import { useState } from "react";
import { notify } from "@/lib/notify";
import type { Agent } from "@/protocol/types";
import { admin } from "@/state/admin";
import type { AgentFields } from "@/state/agentFields";
import { Button } from "@/ui/Button";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Dialog } from "@/ui/Dialog";
import { Listed } from "@/ui/Listed";
import { useList } from "@/ui/useList";
import { AgentForm } from "./AgentForm";
import { type AgentAct, ServerAgentRow } from "./ServerAgentRow";

type Open = { name: "form"; agent: Agent | null } | { name: "delete"; agent: Agent } | null;

/** For admins: the agents that owners can put into their rooms. */
export function ServerAgents() {
  const { list, reload } = useList(admin.agents);
  const [open, setOpen] = useState<Open>(null);
  function done(words: string) {
    notify("success", words);
    setOpen(null);
    reload();
  }
  async function save(fields: AgentFields) {
    const agent = open?.agent;
    await (agent ? admin.changeAgent(agent.id, fields) : admin.makeAgent(fields));
    done(agent ? `${fields.name} is changed` : `${fields.name} can be put into rooms now`);
  }
  function act(agent: Agent, what: AgentAct) {
    if (what === "edit") return setOpen({ name: "form", agent });
    if (what === "delete") return setOpen({ name: "delete", agent });
    admin.changeAgent(agent.id, { is_on: what === "on" }).then(() => done(`${agent.name} is switched ${what}`), (cause: Error) => notify("error", cause.message));
  }
  return (
    <>
      <div className="admin-bar"><Button look="primary" data-testid="new-server-agent" onClick={() => setOpen({ name: "form", agent: null })}>New agent</Button></div>
      <Listed list={list} empty="There are none yet. Make one, and owners find it when they add agents to their rooms." className="admin-list" onRetry={reload}>
        {(agent) => <ServerAgentRow key={agent.id} agent={agent} onAct={(what) => act(agent, what)} />}
      </Listed>
      {open?.name === "form" ? (
        <Dialog title={open.agent?.name ?? "New agent"} onClose={() => setOpen(null)}><AgentForm agent={open.agent} room="" onSave={save} onBack={() => setOpen(null)} /></Dialog>
      ) : null}
      {open?.name === "delete" ? (
        <ConfirmDialog
          title={`Delete ${open.agent.name}?`} intro="It leaves all rooms. What it has said there stays. To bring it back later, switch it off instead." action="Delete" onClose={() => setOpen(null)}
          onConfirm={async () => { await admin.deleteAgent(open.agent.id); done(`${open.agent.name} is deleted`); }}
        />
      ) : null}
    </>
  );
}
