import { Menu, PanelRight, Search } from "lucide-react";
import { type RefObject, useMemo } from "react";
import { Composer, type ComposerHandle } from "@/features/composer/Composer";
import { MessagePane } from "@/features/messages/MessagePane";
import { PinsButton } from "@/features/messages/PinsButton";
import { TypingLine } from "@/features/messages/TypingLine";
import { HeatPill } from "@/features/models/HeatPill";
import { ArchivedBar } from "@/features/rooms/ArchivedBar";
import { JoinPrompt } from "@/features/rooms/JoinPrompt";
import { RoomHeader } from "@/features/rooms/RoomHeader";
import type { Room } from "@/protocol/types";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Pane } from "@/ui/Pane";
import { commandsFor } from "./commandsFor";
import type { DialogName } from "./dialogName";

interface Props {
  composer: RefObject<ComposerHandle | null>;
  isPanelOpen: boolean;
  onPanel: () => void;
  onDrawer: (() => void) | null;
  onOpen: (room: Room) => void;
  onDialog: (dialog: DialogName) => void;
}

function hintFor(name: string, policy: Room["reply_policy"]): string {
  if (policy === "off") return `Message ${name}`;
  if (policy === "team") return `Message ${name}, its agents answer together`;
  return policy === "always" ? `Message ${name}, the model answers` : `Message ${name}, @ to ask a model`;
}

function NoRoom({ isGuest, onDialog }: Pick<Props, "onDialog"> & { isGuest: boolean }) {
  if (isGuest) return <div className="room-gap"><h2>No room is open</h2><p className="muted">As a guest you are in the rooms that somebody invites you to.</p></div>;
  return (
    <div className="room-gap">
      <h2>No room is open</h2><p className="muted">Join one, or make one of your own.</p>
      <div className="pair"><Button onClick={() => onDialog("browse")}>Browse rooms</Button><Button look="primary" onClick={() => onDialog("create")}>Create a room</Button></div>
    </div>
  );
}

/** The open room: header, messages, who types, composer. */
export function RoomPane({ composer, isPanelOpen, onPanel, onDrawer, onOpen, onDialog }: Props) {
  const room = useAppState((state) => (state.activeRoom ? state.rooms[state.activeRoom] : undefined));
  const me = useAppState((state) => state.session.user);
  const kind = room?.kind ?? "public";
  const isGuest = me?.role === "guest";
  const commands = useMemo(() => commandsFor(kind, isGuest, onDialog), [kind, isGuest, onDialog]);
  const drawer = onDrawer ? <IconButton label="Rooms" tipSide="bottom" data-testid="open-drawer" onClick={onDrawer}><Menu size={19} /></IconButton> : null;
  if (!room || !me) return <>{drawer ? <header className="room-header">{drawer}</header> : null}<NoRoom isGuest={isGuest} onDialog={onDialog} /></>;
  const label = room.kind === "direct" ? room.name : `#${room.name}`;
  return (
    <>
      <RoomHeader
        roomId={room.id} before={drawer} onSettings={() => onDialog("settings")}
        after={(
          <>
            <IconButton label="Search messages" tipSide="bottom" tipAlign="end" data-testid="search-button" onClick={() => onDialog("search")}><Search size={18} /></IconButton>
            {room.is_member ? <PinsButton key={room.id} roomId={room.id} /> : null}
            <HeatPill roomId={room.id} onClick={onPanel} />
            <IconButton label="Models and members" tipSide="bottom" tipAlign="end" aria-pressed={isPanelOpen} data-testid="toggle-panel" onClick={onPanel}><PanelRight size={18} /></IconButton>
          </>
        )}
      />
      {room.is_member ? (
        <>
          <Pane key={room.id} name="The list of messages"><MessagePane roomId={room.id} onSuggest={(text) => composer.current?.fill(text)} /></Pane>
          <div className="composer" id="composer">{room.is_archived ? <ArchivedBar room={room} /> : <><TypingLine roomId={room.id} /><Composer key={room.id} ref={composer} roomId={room.id} roomName={label} hint={hintFor(label, room.reply_policy)} userId={me.id} commands={commands} /></>}</div>
        </>
      ) : <JoinPrompt room={room} onDone={onOpen} />}
    </>
  );
}
