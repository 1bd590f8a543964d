import { useMemo } from "react";
import { EMPTY_ROOM } from "@/state/appState";
import { rooms } from "@/state/rooms";
import { useAppState } from "@/state/useAppState";
import { Button } from "@/ui/Button";
import { EmptyRoom } from "./EmptyRoom";
import { HandlesContext } from "./HandlesContext";
import { MessageList } from "./MessageList";
import { preloadMarkdown, useMarkdownReady } from "./markdownCode";
import "./messages.css";
import "./content.css";

preloadMarkdown();

interface Props {
  roomId: string;
  onSuggest: (text: string) => void;
}

function Skeleton() {
  return (
    <div className="list-frame skeleton" aria-busy="true" aria-label="Loading messages">
      {[62, 38, 74, 50].map((width) => <div key={width} className="message"><span className="avatar" /><div><i style={{ width: 120 }} /><i style={{ width: `${width}%` }} /></div></div>)}
    </div>
  );
}

/** The messages of the open room, or why there are none to see. */
export function MessagePane({ roomId, onSuggest }: Props) {
  const room = useAppState((state) => state.roomStates[roomId]) ?? EMPTY_ROOM;
  const outbox = useAppState((state) => state.outbox);
  const models = useAppState((state) => state.models);
  const me = useAppState((state) => state.session.user);
  // One string, so that nothing is drawn again when a room only has something unread.
  const roomNames = useAppState((state) => Object.values(state.rooms).filter(({ kind }) => kind !== "direct").map(({ slug, name }) => `${slug}\t${name}`).join("\n"));
  const ours = useMemo(() => outbox.filter((item) => item.room === roomId), [outbox, roomId]);
  const handles = useMemo(() => ({
    all: new Set([...models.flatMap((model) => [model.handle, model.name, model.handle.split(":")[0] ?? ""]).map((handle) => handle.toLowerCase()), ...room.members.map((member) => member.username.toLowerCase()), ...room.agents.map(({ handle }) => handle), ...(room.agents.length > 0 ? ["team"] : [])]),
    mine: me?.username.toLowerCase() ?? "",
    rooms: new Map(roomNames.split("\n").filter(Boolean).map((line) => line.split("\t") as [string, string])),
  }), [models, room.members, room.agents, me, roomNames]);
  const isDrawable = useMarkdownReady();
  if (!me) return null;
  if (room.error && !room.cursor) {
    return (
      <div className="list-frame centre" role="alert">
        <p>{room.error.message}</p><Button onClick={() => rooms.retryOpen(roomId)}>Try again</Button>
      </div>
    );
  }
  if (!room.cursor || !isDrawable || room.target?.isFound === false) return <Skeleton />;
  if (room.messages.length === 0 && ours.length === 0) return <EmptyRoom roomId={roomId} onSuggest={onSuggest} />;
  return (
    <HandlesContext value={handles}>
      <MessageList key={`${roomId}-${room.page}`} roomId={roomId} room={room} outbox={ours} me={me} />
    </HandlesContext>
  );
}
