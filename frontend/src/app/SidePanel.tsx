import { X } from "lucide-react";
import { MembersPanel } from "@/features/members/MembersPanel";
import { ModelsPanel } from "@/features/models/ModelsPanel";
import { useAppState } from "@/state/useAppState";
import { IconButton } from "@/ui/IconButton";

/** Models and people of the open room; lies over the messages where there is no place beside them. */
export function SidePanel({ roomId, onInvite, onClose }: { roomId: string; onInvite: () => void; onClose: (() => void) | null }) {
  const isPrivate = useAppState((state) => state.rooms[roomId]?.kind === "private");
  const veil = onClose ? <div className="veil" aria-hidden="true" onClick={onClose} /> : null;
  return (
    <>
      {veil}
      <aside className="right panel" aria-label="Models and members" data-testid="members-panel">
        {onClose ? <IconButton label="Close panel" tipSide="bottom" tipAlign="end" className="panel-close" onClick={onClose}><X size={18} /></IconButton> : null}
        <ModelsPanel roomId={roomId} />
        <MembersPanel roomId={roomId} onInvite={isPrivate ? onInvite : null} />
      </aside>
    </>
  );
}
