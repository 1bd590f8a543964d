import { type ComponentType, Suspense } from "react";
import AccountDialog from "@/features/account/AccountDialog";
import AgentsDialog from "@/features/agents/AgentsDialog";
import InviteDialog from "@/features/members/InviteDialog";
import LeaveDialog from "@/features/members/LeaveDialog";
import BrowseRoomsDialog from "@/features/rooms/BrowseRoomsDialog";
import CreateRoomDialog from "@/features/rooms/CreateRoomDialog";
import JumpDialog from "@/features/rooms/JumpDialog";
import RoomSettingsDialog from "@/features/rooms/RoomSettingsDialog";
import SearchDialog from "@/features/search/SearchDialog";
import type { Room, SearchHit } from "@/protocol/types";
import { lazily } from "@/ui/lazily";
import type { DialogName } from "./dialogName";
import { ShortcutsDialog } from "./ShortcutsDialog";

const TemplatesPart = lazily(() => import("@/features/templates/TemplatesPart"));
const HooksPart = lazily(() => import("@/features/hooks/HooksPart"));
const MemoryPart = lazily(() => import("@/features/memory/MemoryPart"));
const loading = <p className="muted" aria-busy="true">Loading…</p>;
const templatesOf = (room: string) => <Suspense fallback={loading}><TemplatesPart room={room} /></Suspense>;
const hooksOf = (room: string) => <Suspense fallback={loading}><HooksPart room={room} /></Suspense>;
const memoryOf = (room: string) => <Suspense fallback={loading}><MemoryPart room={room} /></Suspense>;

const OF_ROOM: Partial<Record<DialogName, ComponentType<{ roomId: string; onClose: () => void }>>> = { invite: InviteDialog, leave: LeaveDialog, agents: AgentsDialog };

interface Props {
  name: DialogName;
  roomId: string | null;
  onClose: () => void;
  onLeave: () => void;
  onOpen: (room: Room) => void;
  onShow: (hit: SearchHit) => void;
}

/** All dialogs of the workspace; loaded with the first that is opened. */
export default function Dialogs({ name, roomId, onClose, onLeave, onOpen, onShow }: Props) {
  if (name === "create") return <CreateRoomDialog onClose={onClose} onDone={onOpen} />;
  if (name === "browse") return <BrowseRoomsDialog onClose={onClose} onDone={onOpen} />;
  if (name === "jump") return <JumpDialog onClose={onClose} onDone={onOpen} />;
  if (name === "search") return <SearchDialog roomId={roomId} onClose={onClose} onShow={onShow} />;
  if (name === "account") return <AccountDialog templates={templatesOf("")} onClose={onClose} />;
  if (name === "direct") return <JumpDialog begin="@" onClose={onClose} onDone={onOpen} />;
  const OfRoom = OF_ROOM[name];
  if (OfRoom && roomId) return <OfRoom roomId={roomId} onClose={onClose} />;
  if (name === "settings" && roomId) return <RoomSettingsDialog roomId={roomId} templates={templatesOf(roomId)} memory={memoryOf(roomId)} hooks={hooksOf(roomId)} onClose={onClose} onLeave={onLeave} />;
  return <ShortcutsDialog onClose={onClose} />;
}
