import { ArrowDown } from "lucide-react";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { User } from "@/protocol/types";
import type { RoomState } from "@/state/appState";
import type { OutboxItem } from "@/state/outbox";
import { history } from "@/state/history";
import { rooms } from "@/state/rooms";
import { listItems, type Row } from "./listItems";
import { MessageRow } from "./MessageRow";
import { places } from "./places";
import { useFollow } from "./useFollow";
import { useReading } from "./useReading";
import { useTarget } from "./useTarget";

/** Older messages are asked for this far before the top, so that they are there when someone arrives. */
const AHEAD_PX = 1_200;
const TOP_PX = 44;

interface Props {
  roomId: string;
  room: RoomState;
  outbox: readonly OutboxItem[];
  me: User;
}

function useRows({ messages, newLineAfter }: RoomState, outbox: readonly OutboxItem[], me: User): readonly Row[] {
  const drawn = useRef<readonly Row[]>([]);
  const list = useMemo(() => listItems({ messages, newLineAfter }, outbox, me, drawn.current), [messages, newLineAfter, outbox, me]);
  useEffect(() => { drawn.current = list; }, [list]);
  return list;
}

/** True in the one render in which rows were put before those of the render before. */
function usePrepended(list: readonly Row[]): boolean {
  const first = list[0]?.key;
  const [shown, setShown] = useState(first);
  const isPrepended = shown !== undefined && shown !== first && list.some((row) => row.key === shown);
  useEffect(() => setShown(first), [first]);
  return isPrepended;
}

function useUnseen(list: readonly Row[], isFollowing: boolean, me: User): number {
  const lastKey = list.at(-1)?.key;
  const [leftAt, setLeftAt] = useState<string | undefined>(undefined);
  useEffect(() => { if (isFollowing) setLeftAt(lastKey); }, [isFollowing, lastKey]);
  if (isFollowing || leftAt === undefined) return 0;
  const from = list.findLastIndex((row) => row.key === leftAt);
  return list.slice(from + 1).filter((row) => "message" in row && row.message.author.id !== me.id).length;
}

export function MessageList({ roomId, room, outbox, me }: Props) {
  const list = useRows(room, outbox, me);
  const scroller = useRef<HTMLDivElement>(null);
  const handle = useRef<VirtualizerHandle>(null);
  const [start] = useState(() => ({ line: list.findIndex((row) => row.isFirstNew), place: places.get(roomId, room.page) }));
  const startsAtEnd = start.line === -1 && !start.place && !room.target && !room.hasMoreAfter;
  const { isFollowing, jump: toEnd, leave } = useFollow(scroller, startsAtEnd, !room.hasMoreAfter);
  const isDetached = room.hasMoreAfter;
  const jump = useCallback(() => { if (isDetached) void history.showLatest(roomId); else toEnd(); }, [isDetached, roomId, toEnd]);
  const isPrepended = usePrepended(list);
  const unseen = useUnseen(list, isFollowing, me);
  useReading(isFollowing);

  useLayoutEffect(() => {
    const placed = start.place ? list.findIndex((row) => row.key === start.place?.key) : -1;
    if (start.line > 0) handle.current?.scrollToIndex(start.line, { align: "start", offset: -80 });
    else if (placed >= 0) handle.current?.scrollToIndex(placed, { align: "start", offset: start.place?.offset ?? 0 });
    else handle.current?.scrollToIndex(list.length - 1, { align: "end" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only where the list begins; from then on the reader moves it
  }, []);

  useTarget(room, list, scroller, handle, leave);

  // The text in the field stays when the row is scrolled out of sight.
  const edited = room.editing ? list.findIndex((row) => "message" in row && row.message.id === room.editing) : -1;
  useEffect(() => { if (edited >= 0) handle.current?.scrollToIndex(edited, { align: "nearest" }); }, [room.editing]); // eslint-disable-line react-hooks/exhaustive-deps -- once, where it begins

  // Whoever sends wants to see it.
  const sent = outbox.length;
  const before = useRef(sent);
  useEffect(() => {
    if (sent > before.current) jump();
    before.current = sent;
  }, [sent, jump]);

  const onScroll = useCallback((offset: number) => {
    if (offset < AHEAD_PX) void rooms.loadOlder(roomId).catch(() => undefined);
    const virtual = handle.current;
    if (!virtual) return;
    if (virtual.scrollSize - virtual.viewportSize - offset < AHEAD_PX) void history.loadNewer(roomId).catch(() => undefined);
    const index = virtual.findItemIndex(offset);
    places.set(roomId, room.page, list[index]?.key, offset - TOP_PX - virtual.getItemOffset(index));
  }, [roomId, room.page, list]);

  useEffect(() => { if (isFollowing) places.clear(roomId); }, [isFollowing, roomId, list]);
  // A short first page leaves nothing to scroll: fill the screen.
  useEffect(() => { if ((scroller.current?.scrollTop ?? 0) < AHEAD_PX) void rooms.loadOlder(roomId).catch(() => undefined); }, [roomId, list.length]);

  return (
    <div className="list-frame">
      { }
      <div ref={scroller} className="list" role="log" aria-live="off" aria-label="Messages" tabIndex={0} data-testid="message-list">
        <div className="list-inner">
          <div className="list-top" style={{ height: TOP_PX }}>{room.hasMoreBefore ? "Loading earlier messages…" : "This is where the room begins."}</div>
          <Virtualizer ref={handle} scrollRef={scroller} startMargin={TOP_PX} shift={isPrepended} data={list} {...(edited >= 0 ? { keepMounted: [edited] } : {})} onScroll={onScroll}>
            {(row) => <MessageRow key={row.key} row={row} me={me} isTarget={"message" in row && row.message.id === room.target?.id} />}
          </Virtualizer>
        </div>
      </div>
      {isFollowing ? null : (
        <button type="button" className="jump-latest" data-testid="jump-to-latest" onClick={jump}>
          {unseen > 0 ? `${unseen} new ${unseen === 1 ? "message" : "messages"}` : "Latest"}<ArrowDown size={14} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
