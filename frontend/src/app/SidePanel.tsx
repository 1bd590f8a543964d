import { LogOut, X } from "lucide-react";
import { AgentsPanel } from "@/features/agents/AgentsPanel";
import { MembersPanel } from "@/features/members/MembersPanel";
import { ModelsPanel } from "@/features/models/ModelsPanel";
import { QueuePanel } from "@/features/models/QueuePanel";
import type { Room } from "@/protocol/types";
import { history } from "@/state/history";
import { useAppState } from "@/state/useAppState";
import { IconButton } from "@/ui/IconButton";
import { Pane } from "@/ui/Pane";

interface Props {
  roomId: string;
  onOpen: (room: Room) => void;
  onInvite: () => void;
  onLeave: () => void;
  onAgents: () => void;
  onClose: (() => void) | null;
}

/** Models and people of the open room; lies over the messages where there is no place beside them. */
export function SidePanel({ roomId, onOpen, onInvite, onLeave, onAgents, onClose }: Props) {
  const kind = useAppState((state) => state.rooms[roomId]?.kind);
  const isGuest = useAppState((state) => state.session.user?.role === "guest");
  const rooms = useAppState((state) => state.rooms);
  function show(id: string, message: string) {
    const room = rooms[id];
    if (!room) return;
    onClose?.();
    onOpen(room);
    void history.showMessage(id, message);
  }
  const veil = onClose ? <div className="veil" aria-hidden="true" onClick={onClose} /> : null;
  return (
    <>
      {veil}
      <aside className="right panel" aria-label="Models and members" data-testid="members-panel">
        {onClose ? <IconButton label="Close panel" tipSide="bottom" tipAlign="end" className="panel-close" onClick={onClose}><X size={18} /></IconButton> : null}
        <Pane name="The list of models"><ModelsPanel roomId={roomId} /></Pane>
        <Pane name="The queue"><QueuePanel onShow={show} /></Pane>
        <Pane name="The list of members"><MembersPanel roomId={roomId} onOpen={onOpen} onInvite={kind === "direct" || isGuest ? null : onInvite} /></Pane>
        <Pane name="The list of agents"><AgentsPanel roomId={roomId} onManage={onAgents} /></Pane>
        {kind === "direct" ? null : <button type="button" className="leave" data-testid="leave-room" onClick={onLeave}><LogOut size={14} aria-hidden="true" />Leave room</button>}
      </aside>
    </>
  );
}
